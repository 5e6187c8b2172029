"""What may be changed of a placed order: questions about loaded rows, answered with None or a sentence."""

from oms.kernel.errors import Refusal
from orders.amending.change import Wanted
from orders.models import Order, OrderLine


def amendable(order: Order) -> Refusal | None:
    """Why nothing on the order may be amended, or None."""
    if order.is_historical:
        return Refusal(
            "is_history", f"{order.number} was taken over from an earlier system; its past is not changed here."
        )
    if not order.is_open:
        state = order.get_status_display().lower()
        return Refusal(
            "not_open",
            f"{order.number} is {state}; only open orders can be changed. Goods come back as a return.",
        )
    return None


def refusals(order: Order, lines: dict[int, OrderLine], want: Wanted) -> list[Refusal]:
    """Everything that stands against the changes now, as sentences; an empty list means they can be applied."""
    if (closed := amendable(order)) is not None:
        return [closed]
    found = [r for pk, qty in want.qty.items() if (r := _quantity(lines.get(pk), qty))]
    going: dict[int, int] = {}
    for row in want.sent:
        going[row.line_id or 0] = going.get(row.line_id or 0, 0) + (row.qty or 0)
    found += [r for pk, units in going.items() if (r := _sent(lines.get(pk), units, want))]
    touched = want.price.keys() | want.discount.keys()
    found += [r for pk in sorted(touched) if (r := _terms(lines.get(pk), want))]
    if (want.address or want.moment or want.places) and order.qty_dispatched and (r := _nothing_left_here(order)):
        found.append(r)
    left = sum(want.qty.get(pk, line.qty_ordered - line.qty_cancelled) for pk, line in lines.items())
    if left == 0 and not want.added and not order.qty_dispatched:
        found.append(Refusal("empties_order", "Nothing would be left on the order; cancel the whole order instead."))
    return found


def _quantity(line: OrderLine | None, qty: int) -> Refusal | None:
    if line is None:
        return _gone()
    gone, packed = line.qty_dispatched, line.qty_packed
    if qty >= gone + packed:
        return None
    if packed and qty >= gone:
        return Refusal(
            "already_packed",
            f"{line.sku}: {packed} are packed already and cannot be taken away; open that parcel first.",
        )
    at_least = gone + packed
    return Refusal(
        "already_dispatched",
        f"{line.sku}: {gone} have left the warehouse, so at least {at_least} stay; they come back as a return.",
    )


def _sent(line: OrderLine | None, units: int, want: Wanted) -> Refusal | None:
    if line is None:
        return _gone()
    can_go = want.qty.get(line.pk, line.qty_ordered - line.qty_cancelled) - line.qty_dispatched - line.qty_packed
    if 0 < units <= can_go:
        return None
    packed = f" {line.qty_packed} are packed: open that parcel first." if line.qty_packed else ""
    return Refusal("too_many", f"{line.sku}: up to {max(can_go, 0)} can go to another address, not {units}.{packed}")


def _terms(line: OrderLine | None, want: Wanted) -> Refusal | None:
    if line is None:
        return _gone()
    if line.qty_returned:
        return Refusal(
            "already_credited",
            f"{line.sku}: {line.qty_returned} were credited at the old price; refund the difference instead.",
        )
    units = line.qty_ordered + max(want.qty.get(line.pk, 0) - (line.qty_ordered - line.qty_cancelled), 0)
    price, discount = want.price.get(line.pk, line.unit_price), want.discount.get(line.pk)
    if discount is None:
        discount = line.discount * units / line.qty_ordered if line.qty_ordered else line.discount
    if discount > units * price:
        return Refusal("discount_too_large", f"{line.sku}: the discount is more than the line is worth.")
    return None


def _nothing_left_here(order: Order) -> Refusal | None:
    if order.qty_dispatched >= order.qty_ordered - order.qty_cancelled:
        return Refusal(
            "already_dispatched",
            "Everything has left the warehouse; ask the carrier about another address or day.",
        )
    return None


def _gone() -> Refusal:
    return Refusal("line_not_found", "One of these lines is not on the order any more; start the change again.")
