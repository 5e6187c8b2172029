"""Merge two orders of one buyer: one keeps its number and gets everything, the other ends and says where it went."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions._hand_over import add_up, copy_hold, move_units, new_line, share_of
from orders.actions._move import move_order
from orders.actions._places import address_row, where_of
from orders.actions.amend import decline
from orders.actions.amend_apply import has_moved
from orders.actions.check import check_changed
from orders.actions.progress import add_search_terms, refresh, report_quantities
from orders.actions.split import require_amount_decided
from orders.checking.buyers import lock_buyers
from orders.checking.rulebook import rulebook
from orders.locks import lines_of, lock_orders
from orders.models import Amendment, Hold, Order, OrderLine
from orders.models.amendment import LIVE
from orders.splitting import rules

HEAD = (
    "shipping_total", "shipping_tax", "adjustment_total", "adjustment_note", "ship_to", "ship_city", "ship_country",
    "customer_note", "customer_po", "tags", "promised_at", "priority", "priority_why",
)  # fmt: skip


@transaction.atomic
def merge_orders(
    number: str, *, other: str, reason: str, actor: Any, address_of: str = "", seen: int | None = None,
    other_seen: int | None = None,
) -> Order:  # fmt: skip
    """Put everything of order `other` on order `number` and return that; `other` is cancelled as merged into it.

    Lines, frozen money, shipping, received payments, promises of stock, holds and work move; no stock is released in
    between. `address_of` is the number of the order whose delivery address stands where the two differ, or rules.EACH
    when every line goes where it went. Both orders are locked in one order whichever way round they are named. Refuses
    with every obstacle, and with "order_moved" when one of them is not what it was at the version seen.
    """
    kept, gone = _both(number, other)
    for order, version in ((kept, seen), (gone, other_seen)):
        if version is not None and has_moved(order, version):
            raise Refused("order_moved", f"{order.number} has changed since you looked. Compare, then merge again.")
    if closed := rules.merge_refusals(kept, gone, address_of):
        raise Refused.because(closed)
    require_amount_decided(kept)
    require_amount_decided(gone)
    if not reason.strip():
        raise Refused("reason_missing", "Say why they are merged; the customer may ask.")
    lock_buyers([kept.pk], rulebook())  # the checks come last, but stock rows may be locked before them
    _put_heads_together(kept, gone, address_of)
    made = _move_lines(kept, gone, each=address_of == rules.EACH)
    _carry_holds(kept, gone)
    report_quantities(kept, {})
    add_up(kept, reason=f"Merged with {gone.number}: {reason}", actor=actor, also=HEAD)
    add_up(gone, reason=f"Merged into {kept.number}: {reason}", actor=actor, also=HEAD[:3])
    add_search_terms(kept, gone.search_terms)
    for document in Amendment.objects.filter(order=gone, status__in=LIVE):
        decline(document, actor="system", note=f"Merged into {kept.number}")
    units = sum(line.qty_ordered for line in made)
    _end(kept, gone, reason, actor)
    publish(
        "orders.merged_in", subject=kept.number, actor=actor, reason=reason.strip()[:300],
        detail=f"{gone.number}: {units} unit{'' if units == 1 else 's'}", **{"from": gone.number},
    )  # fmt: skip
    kept.refresh_from_db()
    check_changed(kept, actor=actor)
    refresh(kept)
    return kept


def _both(number: str, other: str) -> tuple[Order, Order]:
    if number == other:
        raise Refused("same_order", "Choose two different orders.")
    found = {order.number: order for order in lock_orders([number, other])}
    for wanted in (number, other):
        if wanted not in found:
            raise Refused("order_not_found", f"There is no order {wanted}.")
    return found[number], found[other]


def _move_lines(kept: Order, gone: Order, *, each: bool) -> list[OrderLine]:
    """Every open unit; what was cancelled of the order stays there. `each`: also what goes to its own address keeps that."""
    lines = {line.pk: line for line in lines_of(gone)}
    units = {pk: line.qty_open for pk, line in lines.items() if line.qty_open}
    shares = {pk: share_of(lines[pk], qty) for pk, qty in units.items()}
    where = where_of(gone, lines.values())
    position, made = max((line.position for line in lines_of(kept)), default=0), {}
    for pk, qty in units.items():
        position += 1
        line = new_line(lines[pk], qty, shares[pk], gone.currency, tax_included=gone.tax_included)
        line.order, line.position, line.merged_from = kept, position, gone
        line.ship_to = address_row(kept, where[pk]) if each or lines[pk].ship_to_id else None
        line.save()
        made[pk] = line
    move_units(gone, kept, units, made, shares)
    return list(made.values())


def _carry_holds(kept: Order, gone: Order) -> None:
    """What stopped the other stops this one too, once; that they were twins is settled."""
    here = set(
        Hold.objects.filter(order=kept, line__isnull=True, cleared_at__isnull=True).values_list("reason_id", flat=True)
    )
    for hold in Hold.objects.filter(order=gone, cleared_at__isnull=True).select_related("reason"):
        if hold.line_id is None and hold.reason_id not in here and hold.rule != "twin":
            copy_hold(hold, kept.pk)
        hold.cleared_at, hold.cleared_by, hold.clear_note = now(), "system", f"Merged into {kept.number}"
        hold.save(update_fields=["cleared_at", "cleared_by", "clear_note"])
    for hold in Hold.objects.filter(order=kept, rule="twin", cleared_at__isnull=True, detail__contains=gone.number):
        hold.cleared_at, hold.cleared_by, hold.clear_note = now(), "system", f"Merged with {gone.number}"
        hold.save(update_fields=["cleared_at", "cleared_by", "clear_note"])


def _put_heads_together(kept: Order, gone: Order, address_of: str) -> None:
    """Money of the head is added up; the earlier promise and the higher priority stand; nothing the customer said is lost."""
    for name in ("shipping_total", "shipping_tax", "adjustment_total"):
        setattr(kept, name, getattr(kept, name) + getattr(gone, name))
        setattr(gone, name, 0)
    if address_of == gone.number:
        kept.ship_to, kept.ship_city, kept.ship_country = gone.ship_to, gone.ship_city, gone.ship_country
    notes = [note for note in (kept.customer_note, gone.customer_note) if note]
    if gone.customer_po and gone.customer_po != kept.customer_po:
        notes += [f"PO of {gone.number}: {gone.customer_po}"] if kept.customer_po else []
        kept.customer_po = kept.customer_po or gone.customer_po
    kept.customer_note = "\n".join(dict.fromkeys(notes))
    kept.adjustment_note = "; ".join(dict.fromkeys(n for n in (kept.adjustment_note, gone.adjustment_note) if n))[:200]
    kept.tags = list(dict.fromkeys([*kept.tags, *gone.tags]))
    kept.promised_at = min((at for at in (kept.promised_at, gone.promised_at) if at), default=None)
    if gone.priority < kept.priority:
        kept.priority, kept.priority_why = gone.priority, gone.priority_why


def _end(kept: Order, gone: Order, reason: str, actor: Any) -> None:
    """The other order is over. Its event is not that of a cancellation: nobody is refunded, written to, or given stock."""
    gone.cancelled_at, gone.merged_into = now(), kept
    gone.end_reason = f"Merged into {kept.number}: {reason.strip()}"[:300]
    gone.cancelled_total = gone.total
    move_order(
        gone, "cancel", event="orders.merged", actor=actor, reason=gone.end_reason, to=kept.number,
        saved=("cancelled_at", "end_reason", "cancelled_total", "merged_into"),
    )  # fmt: skip
