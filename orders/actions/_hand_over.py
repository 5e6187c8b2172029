"""Let units of one order become units of another, with their share of the money, their stock and their holds.

Shared by splitting an order and by merging two. The caller holds both locks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from inventory.actions.hand_over import Portion, hand_over
from oms.access.models import User
from oms.kernel.money import quantize
from orders.actions.progress import report_quantities
from orders.amending.terms import Terms
from orders.exchange import value
from orders.locks import lines_of
from orders.models import Hold, Order, OrderLine, PlaceChoice

ENDED = ("cancelled", "rejected", "completed", "dispatched")


@dataclass(frozen=True)
class Share:
    """Units of a line by what stands behind them: waiting for stock, softly held, hard-held, nothing yet."""

    short: int
    soft: int
    hard: int
    bare: int


def share_of(line: OrderLine, qty: int) -> Share:
    """Which of the line's open units are the `qty` that leave: the least ready first, so that what is ready can go."""
    short = min(qty, line.qty_backordered)
    bare = min(qty - short, line.qty_uncovered - line.qty_backordered)
    soft = min(qty - short - bare, line.qty_reserved)
    return Share(short, soft, qty - short - bare - soft, bare)


def new_line(line: OrderLine, qty: int, share: Share, currency: str, *, tax_included: bool) -> OrderLine:
    """An unsaved line of `qty` of the line's units at its frozen price, with their part of its discount and tax."""
    part = Decimal(qty) / line.qty_ordered
    discount, tax = quantize(line.discount * part, currency), quantize(line.tax * part, currency)
    total = line.total
    if qty < line.qty_ordered:
        total = Terms(qty, line.unit_price, discount, tax, line.tax_rate).total(
            tax_included=tax_included, currency=currency
        )
    return OrderLine(
        product_id=line.product_id, sku=line.sku, name=line.name, external_id=line.external_id, note=line.note,
        unit_price=line.unit_price, tax_rate=line.tax_rate, is_channel_fulfilled=line.is_channel_fulfilled,
        discount=discount, tax=tax, total=total, qty_ordered=qty, qty_reserved=share.soft, qty_allocated=share.hard,
        qty_backordered=share.short,
    )  # fmt: skip


def move_units(
    source: Order, target: Order, units: Mapping[int, int], made: Mapping[int, OrderLine], shares: Mapping[int, Share]
) -> None:
    """Take `units` {line id: units} off the source's lines, where `made` are the target's stored lines for them.

    What is left of each line costs what it cost less what has left: the two totals sum to the old one, to the last coin.
    """
    deltas = {}
    for line in lines_of(source):
        if not (qty := units.get(line.pk, 0)):
            continue
        new, share = made[line.pk], shares[line.pk]
        line.discount, line.tax, line.total = line.discount - new.discount, line.tax - new.tax, line.total - new.total
        line.save(update_fields=["discount", "tax", "total"])
        deltas[line.pk] = {
            "ordered": -qty, "reserved": -share.soft, "allocated": -share.hard, "backordered": -share.short,
        }  # fmt: skip
        _move_line_holds(line, new, whole=qty == line.qty_ordered)
        _copy_choice(line, new)
    busy, stuck = _at_work(source)
    hand_over(
        [
            Portion(pk, made[pk].pk, s.short, s.soft + s.hard, busy.get(pk, {}), stuck.get(pk, {}))
            for pk, s in shares.items()
        ],
        from_order=source.number,
        to_order=target.number,
    )
    report_quantities(source, deltas)


def _at_work(order: Order) -> tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]]:
    """Units picked, and units packed, of the order's live work: {line id: {location id: units}}."""
    busy: dict[int, dict[int, int]] = {}
    stuck: dict[int, dict[int, int]] = {}
    # The warehouse stands above this app: known by the names of its relations, as in orders/amending/effects.py.
    for fo in order.fulfilment_orders.exclude(status__in=ENDED).prefetch_related("lines"):  # type: ignore[attr-defined]
        for row in fo.lines.all():
            for found, qty in ((busy, row.qty_picked), (stuck, row.qty_packed)):
                at = found.setdefault(row.line_id, {})
                at[fo.location_id] = at.get(fo.location_id, 0) + qty
    return busy, stuck


def _move_line_holds(line: OrderLine, new: OrderLine, *, whole: bool) -> None:
    for hold in Hold.objects.filter(line=line, cleared_at__isnull=True):
        if whole:
            hold.order_id, hold.line = new.order_id, new
            hold.save(update_fields=["order", "line"])
        else:
            copy_hold(hold, new.order_id, new)


def _copy_choice(line: OrderLine, new: OrderLine) -> None:
    """Units that a person holds at a place are held there on the other order, too."""
    for choice in PlaceChoice.objects.filter(line=line):
        choice.pk, choice.line = None, new
        choice.save(force_insert=True)


def copy_hold(hold: Hold, order_id: int, line: OrderLine | None = None) -> None:
    """The same hold, with its clock and its owner, on another order."""
    Hold.objects.create(
        order_id=order_id, line=line, reason_id=hold.reason_id, detail=hold.detail, owner_team=hold.owner_team,
        placed_by=hold.placed_by, placed_at=hold.placed_at, until=hold.until, rule=hold.rule, due_at=hold.due_at,
        declined_at=hold.declined_at, said=hold.said,
    )  # fmt: skip


def add_up(order: Order, *, reason: str, actor: object, also: tuple[str, ...] = ()) -> None:
    """Store the order's sums over its lines, shipping and adjustment; `also` are head columns changed with them."""
    lines = lines_of(order)
    order.discount_total = sum((x.discount for x in lines), Decimal(0))
    order.tax_total = sum((x.tax for x in lines), order.shipping_tax)
    parts = order.shipping_total + order.adjustment_total + (Decimal(0) if order.tax_included else order.shipping_tax)
    order.total = sum((x.total for x in lines), parts)
    value(order)
    order._change_reason = reason[:100]  # type: ignore[attr-defined]  # read by simple-history
    if isinstance(actor, User):
        order._history_user = actor  # type: ignore[attr-defined]
    order.save(update_fields=["discount_total", "tax_total", "total", "book_total", "updated_at", *also])
