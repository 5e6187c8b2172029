"""Split an order: some of its units become an order of their own, for the same buyer at the same frozen prices."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from oms.events.publish import Fact, publish, publish_all
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.numbers import next_number
from orders.actions._hand_over import Share, add_up, copy_hold, move_units, new_line, share_of
from orders.actions._places import address_row, own_address, where_of
from orders.actions.amend_apply import has_moved
from orders.actions.finish import complete_if_settled
from orders.actions.progress import refresh, report_quantities
from orders.answer import derive
from orders.exchange import value
from orders.finding import search_terms
from orders.locks import lines_of, lock_order
from orders.models import Approval, ApprovalState, Hold, Order, OrderLine
from orders.splitting import rules
from orders.stagebook import stages
from orders.states import OrderStatus

# What the new order is born with as it stands on the old one.
SAME = (
    "channel_id", "external_name", "customer_id", "customer_name", "email", "phone", "ship_to", "bill_to", "ship_city",
    "ship_country", "customer_po", "shipping_method", "customer_note", "tags", "currency", "tax_included", "payment_terms",
    "confirmation_basis", "advance_percent", "return_window_days", "is_gate_waived", "priority", "priority_why", "placed_at", "promised_at",
    "assignee_id", "confirmed_at", "book_currency", "book_rate", "book_rate_on",
)  # fmt: skip


@transaction.atomic
def split_order(
    number: str, *, quantities: Mapping[int, int], reason: str, actor: Any, seen: int | None = None
) -> tuple[Order, Order]:
    """Move `quantities` {line id: units} of order `number` to a new order; returns both as they stand then.

    Prices, discount and tax shares are frozen: the two totals sum to the old one. Units waiting for stock leave first
    and keep their place in the queue, then soft promises, then hard ones; nothing is released in between. Shipping and
    adjustment stay; received money follows by share of value (docs/decisions/0019). Refuses with every obstacle, and
    with "order_moved" when the order is not what it was at version `seen`.
    """
    order = lock_order(number)
    if seen is not None and has_moved(order, seen):
        raise Refused("order_moved", f"{number} has changed since you looked. Compare, then split again.")
    lines = {line.pk: line for line in lines_of(order)}
    asked = {pk: qty for pk, qty in quantities.items() if qty}
    units = {pk: asked[pk] for pk in [*(pk for pk in lines if pk in asked), *(asked.keys() - lines.keys())]}
    if closed := rules.refusals(order, lines, units):
        raise Refused.because(closed)
    require_amount_decided(order)
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is split; the customer may ask.")
    shares = {pk: share_of(lines[pk], qty) for pk, qty in units.items()}
    new, made = _open(order, lines, units, shares)
    _carry_holds(order, new)
    move_units(order, new, units, made, shares)
    add_up(order, reason=f"Split: {reason}", actor=actor)
    report_quantities(new, {})
    publish_all([_born(order, new, made)], actor=actor)
    publish(
        "orders.split", subject=number, actor=actor, to=new.number, reason=reason.strip()[:300],
        detail=f"{new.number}: {_said(made)}", lines={str(pk): qty for pk, qty in units.items()},
        amount=str(new.total), currency=order.currency,
    )  # fmt: skip
    for one in (order, new):
        one.refresh_from_db()
        refresh(one)
    complete_if_settled(order, actor="system")
    return order, new


def _open(
    order: Order, lines: Mapping[int, OrderLine], units: Mapping[int, int], shares: Mapping[int, Share]
) -> tuple[Order, dict[int, OrderLine]]:
    """Store the new order and its lines, complete up to the answer; returns it and its lines by the old line's id."""
    number = next_number("orders_number_seq", "SO")
    new = Order(
        number=number, external_id=f"{order.external_id[:80]} split as {number}", split_from=order,
        extra=_kept(order) | {"split_from": order.number}, stage_since=now(), created_at=now(), updated_at=now(),
        **{name: getattr(order, name) for name in SAME},
    )  # fmt: skip
    where = where_of(order, (lines[pk] for pk in units))
    new.ship_to = own_address(order, where)
    if new.ship_to != order.ship_to:
        new.ship_city, new.ship_country = new.ship_to.get("city", "")[:100], new.ship_to.get("country", "")[:2]
    hard = sum(share.hard for share in shares.values())
    released = order.status == OrderStatus.PROCESSING and hard
    status = order.status if order.status != OrderStatus.PROCESSING or released else OrderStatus.CONFIRMED
    new.__dict__["status"] = status  # its first state is where its history begins, not a move
    new.released_at = order.released_at if released else None
    made = {
        pk: new_line(lines[pk], qty, shares[pk], order.currency, tax_included=order.tax_included)
        for pk, qty in units.items()
    }
    new.search_terms = sorted(
        {
            *search_terms(number, new.external_id, *(line.sku for line in made.values()), phones=(order.phone,)),
            *(term for term in order.search_terms if term not in {x.sku.lower() for x in lines.values()}),
        }
    )
    for line in made.values():
        for name in ("qty_ordered", "qty_reserved", "qty_allocated", "qty_backordered"):
            setattr(new, name, getattr(new, name) + getattr(line, name))
        new.total += line.total
        new.tax_total += line.tax
        new.discount_total += line.discount
    value(new)
    new.stage, new.line_count = "", len(made)
    derive(new, [], stages(), now())
    new._change_reason = f"Split from {order.number}"  # type: ignore[attr-defined]
    new.save()
    for position, (pk, line) in enumerate(made.items(), start=1):
        line.order, line.position, line.ship_to = new, position, address_row(new, where[pk])
        line.save()
    return new, made


def _kept(order: Order) -> dict[str, str]:
    """The agreement it was released from, so that both parts count there. A schedule's day belongs to one order only."""
    return {"blanket": order.extra["blanket"]} if order.extra.get("blanket") else {}


def _carry_holds(order: Order, new: Order) -> None:
    """What stops the order stops its part; an amount that was approved is approved for the part."""
    for hold in Hold.objects.filter(order=order, line__isnull=True, cleared_at__isnull=True):
        copy_hold(hold, new.pk)
    for approval in Approval.objects.filter(order=order, state=ApprovalState.APPROVED):
        approval.pk, approval.order, approval._state.adding = None, new, True
        approval.save()


def require_amount_decided(order: Order) -> None:
    """Two orders below the limit would need no approval: the decision comes before the splitting."""
    if Hold.objects.filter(order=order, rule="amount", cleared_at__isnull=True).exists():
        raise Refused(
            "needs_approval", f"The amount of {order.number} waits for a second person; ask for that decision first."
        )


def _born(order: Order, new: Order, made: Mapping[int, OrderLine]) -> Fact:
    payload = {
        "from": order.number, "detail": f"From {order.number}: {_said(made)}", "order_id": new.pk, "channel": order.channel.code,
        "external_id": new.external_id, "total": str(new.total), "currency": new.currency,
    }  # fmt: skip
    return Fact(
        "orders.split_off", new.number, machine="order", move="split_off", source="", target=new.status, payload=payload
    )


def _said(made: Mapping[int, OrderLine]) -> str:
    return ", ".join(f"{line.qty_ordered} × {line.sku}" for line in made.values())[:300]
