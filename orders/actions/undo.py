"""Take back the last step of an order: a step of its own, by a person, never a rewriting of what happened."""

from typing import Any

from django.db import transaction

from inventory.actions.release import release_order_stock
from inventory.actions.reserve import reserve_orders
from inventory.kits import components, with_parts
from inventory.ledger import lock_levels
from inventory.models import Occasion
from inventory.routing.plan import Demand
from oms.access.models import User
from oms.events.models import Event
from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.actions._blanket import lock_blanket_of, require_within
from orders.actions._move import move_order
from orders.actions.assign import set_assignee
from orders.actions.hold import clear_hold
from orders.actions.prioritize import set_chosen
from orders.actions.progress import refresh, report_quantities
from orders.actions.tag import set_tags
from orders.asof.rewind import Standing, standing_before
from orders.locks import lines_of, lock_order
from orders.models import Hold, Order
from orders.policies import require_may
from orders.sending import demands_of
from orders.undoing import UNDOABLE, Undoable, closed, register
from orders.words import said

RESTORE = {"new": "restore_new", "confirmed": "restore_confirmed", "processing": "restore_processing"}
KINDS = {"soft": "reserved", "hard": "allocated"}


@transaction.atomic
def undo_step(number: str, *, seq: int, actor: User) -> Order:
    """Reverse step `seq` of the order's timeline, inside the window, with nothing in its way since.

    Refuses when something followed, when stock that was given back is gone, and whoever may not make the step itself.
    What the customer was told and payments that were voided stay as they are.
    """
    order = lock_order(number)
    events = list(Event.objects.filter(stream=number).order_by("-seq")[:50])
    if refusal := closed(events, seq):
        raise Refused.because([refusal])
    step = next(event for event in events if event.seq == seq)
    way = UNDOABLE[step.name]
    if way.move:
        require_may(actor, way.machine, way.move)
    way.reverse(order, step, actor)
    publish(
        "orders.undone", subject=number, actor=actor, undid=step.pk, undid_name=step.name,
        detail=f"{step.actor_name} {said(step)}",
    )  # fmt: skip
    order.refresh_from_db()
    return order


def _unconfirm(order: Order, step: Event, actor: Any) -> None:
    """Hard promises become soft again; the warehouse's work ends within the event."""
    if order.is_picking or order.qty_picked:
        raise Refused("work_begun", f"Somebody has begun to pick {order.number}; cancel it or put it on hold instead.")
    order.confirmed_at = None
    move_order(order, "unconfirm", event="orders.unconfirmed", actor=actor, saved=("confirmed_at",), reason="Undone")
    order.refresh_from_db()
    promised = {x.pk: x.qty_reserved + x.qty_allocated + x.qty_backordered for x in lines_of(order)}
    _promise(order, promised, "soft", strict=True)


def _restore(order: Order, step: Event, actor: Any) -> None:
    """Back to where it was before the cancellation, with as much stock as it had then, or not at all."""
    before = standing_before(order, step)
    if before is None or step.source not in RESTORE:
        raise Refused("undo_unknown", "What the order was before is not kept; enter it again.")
    agreement = lock_blanket_of(order)
    order.cancelled_at, order.end_reason, order.cancelled_total = None, "", before.order.cancelled_total
    # No open order is without owner for the length of a statement; the answer is derived anew right after.
    order.owner_team, order.next_action = before.order.owner_team, before.order.next_action
    move_order(
        order, RESTORE[step.source], event="orders.restored", actor=actor, reason="Cancellation undone",
        saved=("cancelled_at", "end_reason", "cancelled_total", "owner_team", "next_action"),
    )  # fmt: skip
    was = {line.pk: line for line in before.lines}
    report_quantities(order, {x.pk: {"cancelled": was[x.pk].qty_cancelled - x.qty_cancelled} for x in lines_of(order)})
    require_within(agreement)
    promised = {pk: x.qty_reserved + x.qty_allocated + x.qty_backordered for pk, x in was.items()}
    _promise(order, promised, "soft" if step.source == "new" else "hard", strict=False, before=before)
    if step.source != "new":
        publish("orders.allocated", subject=order.number, actor="system")


def _promise(order: Order, units: dict[int, int], kind: str, *, strict: bool, before: Standing | None = None) -> None:
    """Promise `units` {line id: units} anew as `kind`; refuses when fewer are there than were held before."""
    lines = lines_of(order)
    wanted = [Demand(x.pk, x.product_id, units[x.pk]) for x in lines if x.product_id and units.get(x.pk)]
    asked = demands_of(order, tuple(wanted))
    held_before = sum(x.qty_reserved + x.qty_allocated for x in (before.lines if before else lines))
    # Locked first: between giving back and taking again nobody else gets a unit.
    lock_levels({(product, place) for product in components(with_parts(wanted)) for place in asked[0].location_ids})
    release_order_stock(order.number)
    got = reserve_orders(asked, kind=kind, occasion=Occasion.UNDONE)[order.number] if wanted else None
    held, short = (dict(got.held), dict(got.short)) if got else ({}, {})
    if sum(held.values()) < held_before:
        missing = held_before - sum(held.values())
        raise Refused("stock_gone", f"{missing} of the units have been promised to somebody else since.")
    deltas = {
        x.pk: {
            "reserved": (held.get(x.pk, 0) if kind == "soft" else 0) - x.qty_reserved,
            "allocated": (held.get(x.pk, 0) if kind == "hard" else 0) - x.qty_allocated,
            "backordered": short.get(x.pk, 0) - x.qty_backordered,
        }
        for x in lines
    }
    report_quantities(order, deltas)


def _take_hold_off(order: Order, step: Event, actor: Any) -> None:
    hold = Hold.objects.filter(order=order, pk=step.payload.get("hold"), cleared_at__isnull=True).first()
    if hold is None:
        raise Refused("hold_gone", "That hold is already cleared.")
    clear_hold(order.number, hold_id=hold.pk, actor=actor, note="Undone")


def _put_hold_back(order: Order, step: Event, actor: Any) -> None:
    """The same hold anew, with its clock; the old row keeps when and by whom it was cleared."""
    old = Hold.objects.filter(order=order, pk=step.payload.get("hold")).first()
    if old is None:
        raise Refused("hold_gone", "That hold is not kept; put the order on hold again.")
    Hold.objects.create(
        order=order, line=old.line, reason=old.reason, detail=old.detail, owner_team=old.owner_team, until=old.until,
        placed_at=old.placed_at, placed_by=old.placed_by, rule=old.rule, due_at=old.due_at, score=old.score,
        declined_at=old.declined_at, said=old.said,
    )  # fmt: skip
    refresh(order)
    publish(
        "orders.held",
        subject=order.number,
        actor="system",
        reason=old.reason.key,
        label=old.reason.label,
        detail="Undone clearing",
    )


def _assign_back(order: Order, step: Event, actor: Any) -> None:
    before = User.objects.filter(username=step.payload.get("before") or "", is_active=True).first()
    set_assignee(order, before)


def _prioritize_back(order: Order, step: Event, actor: Any) -> None:
    set_chosen(order, step.payload["before"], step.payload.get("before_why", ""))


def _tags_back(order: Order, step: Event, actor: Any) -> None:
    set_tags(order, step.payload["before"])


register("orders.confirmed", Undoable(_unconfirm, move="confirm"))
register("orders.cancelled", Undoable(_restore, move="cancel"))
register("orders.held", Undoable(_take_hold_off, move="hold"))
register("orders.hold_cleared", Undoable(_put_hold_back, move="clear_hold"))
register("orders.assigned", Undoable(_assign_back, beside=True))
register("orders.prioritized", Undoable(_prioritize_back))
register("orders.tagged", Undoable(_tags_back, beside=True))
