"""Apply an amendment, whole or not at all."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from orders.actions._blanket import lock_blanket_of, require_within
from orders.actions._carry_out import carry_out
from orders.actions.check import check_changed
from orders.actions.finish import complete_if_settled
from orders.actions.hold import clear_matched
from orders.amending.approval import needs_second_person
from orders.amending.change import kinds, rows_of
from orders.amending.words import said
from orders.asof.compare import differences
from orders.asof.rewind import standing_at_version
from orders.checking.buyers import lock_buyers
from orders.checking.rulebook import rulebook
from orders.locks import lines_of, lock_amendment
from orders.models import Amendment, ChangeKind, Order
from orders.states import AmendmentStatus

FIGURES = ("total", "amount_due", "tax_total", "shipping_total", "balance_due")


@transaction.atomic
def apply_amendment(number: str, *, seen: int, actor: Any) -> Amendment:
    """Make the changes of document `number` true, all of them, under the order's lock.

    `seen` is the version of the order that the person looked at. Refuses with the code "order_moved" when the order is
    not what it was then, with "needs_approval" when a second person must look first, and with every obstacle in words.
    """
    order, amendment = lock_amendment(number)
    require(amendment, "apply")
    if has_moved(order, seen):
        raise Refused("order_moved", f"{order.number} has changed since you looked. Compare, then apply again.")
    run_amendment(order, amendment, actor=actor)
    return amendment


def run_amendment(order: Order, amendment: Amendment, *, actor: Any, rehearsal: bool = False) -> None:
    """Carry out the document on its locked order and tell everybody; a rehearsal, which is rolled back, asks no approval."""
    if rehearsal:  # what waits for approval is shown to whoever decides; this object is never kept
        amendment.__dict__["status"] = AmendmentStatus.DRAFT
    require(amendment, "apply")
    rows = rows_of(amendment)
    sentences = [said(order, row) for row in rows]
    corrected = [row.place for row in rows if row.kind == ChangeKind.ADDRESS]
    labels = {"readdressed": None in corrected, "readdressed_places": [place for place in corrected if place]}
    before, amendment.amount_before = figures(order), order.amount_due
    agreement = lock_blanket_of(order)
    lock_buyers([order.pk], rulebook())  # the checks come last, but stock rows are locked before them
    carry_out(order, amendment, actor=actor)
    clear_matched(order)
    require_within(agreement)
    amendment.amount = order.amount_due
    if not rehearsal and (limit := needs_second_person(order, amendment)) is not None:
        raise Refused("needs_approval", f"From {limit} on a second person approves the change; ask for it first.")
    source = amendment.status
    amendment.apply()
    amendment.applied_at = now()
    amendment.save(update_fields=["status", "applied_at", "amount", "amount_before"])
    publish_move(
        "orders.amended", subject=amendment.number, actor=actor, stream=order.number, machine="amendment", move="apply",
        source=source, target=amendment.status, changes=sentences, detail="; ".join(sentences)[:1000],
        why=amendment.reason, before=before, after=figures(order), message=amendment.message, currency=order.currency,
        sent_elsewhere=ChangeKind.SHIP_TO in kinds(rows), **labels,
    )  # fmt: skip
    order.refresh_from_db()  # the warehouse and the books have followed by now
    check_changed(order, actor=actor)
    complete_if_settled(order, actor="system")


def has_moved(order: Order, seen: int) -> bool:
    """Whether anything people would notice differs from the order's version `seen`."""
    if order.version == seen:
        return False
    then, today = standing_at_version(order, seen), standing_at_version(order, order.version)
    return then is None or today is None or bool(differences(then, today))


def figures(order: Order) -> dict[str, Any]:
    """The money and the units per line of a locked order, ready for an event."""
    units = {
        str(line.pk): {"sku": line.sku, "qty": line.qty_ordered - line.qty_cancelled, "unit_price": str(line.unit_price),
                       "discount": str(line.discount), "total": str(line.total)}
        for line in lines_of(order)
    }  # fmt: skip
    money = {name: str(getattr(order, name)) for name in FIGURES}
    promised = order.promised_at.isoformat() if order.promised_at else None
    return money | {"ship_to": order.ship_to, "promised_at": promised, "lines": units}
