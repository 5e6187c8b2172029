"""What may leave an order for another one: questions about loaded rows, answered with sentences."""

from collections.abc import Mapping

from oms.kernel.errors import Refusal
from oms.kernel.money import format_money
from orders.models import Order, OrderLine

EACH = "each"  # in place of an order's number: two addresses stay two


def closed(order: Order) -> Refusal | None:
    """Why nothing can leave the order now, or None."""
    if order.is_historical:
        return Refusal(
            "is_history", f"{order.number} was taken over from an earlier system; its past is not changed here."
        )
    if not order.is_open:
        state = order.get_status_display().lower()
        return Refusal("not_open", f"{order.number} is {state}; only open orders can be split or merged.")
    return money_in_doubt(order)


def money_in_doubt(order: Order) -> Refusal | None:
    """Money that is neither here nor not here cannot be shared."""
    for amount, words in (
        (order.verifying_total, "waits to be verified; verify or reject it first."),
        (order.authorized_total, "is only blocked on the card; capture or void it first."),
        (order.disputed_total, "is disputed; settle the dispute first."),
    ):
        if amount > 0:
            return Refusal("money_in_doubt", f"{order.number}: {format_money(amount, order.currency)} {words}")
    return None


def refusals(order: Order, lines: Mapping[int, OrderLine], units: Mapping[int, int]) -> list[Refusal]:
    """Everything against moving `units` {line id: units} to a new order; an empty list means they can go."""
    if found := closed(order):
        return [found]
    if not units:
        return [Refusal("nothing_asked", "Enter how many units of which line go to the new order.")]
    wrong = [r for pk, qty in units.items() if (r := _line(lines.get(pk), qty))]
    everything = sum(line.qty_open for line in lines.values())
    if not wrong and sum(units.values()) == everything and not order.qty_dispatched:
        wrong.append(
            Refusal("moves_everything", f"That is everything on {order.number}; leave at least one unit there.")
        )
    return wrong


def _line(line: OrderLine | None, qty: int) -> Refusal | None:
    if line is None:
        return Refusal("line_not_found", "One of these lines is not on the order any more; start again.")
    if 0 < qty <= line.qty_cancellable:
        return None
    packed = f" {line.qty_packed} are packed: open that parcel first." if line.qty_packed else ""
    return Refusal("too_many", f"{line.sku}: up to {line.qty_cancellable} can go to another order, not {qty}.{packed}")


def merge_refusals(kept: Order, gone: Order, address_of: str = "") -> list[Refusal]:
    """Everything against putting `gone` into `kept`; an empty list means it can be done."""
    if found := [r for order in (kept, gone) if (r := closed(order))]:
        return found
    different = [
        ("customer_differs", "customers", kept.customer_id != gone.customer_id or kept.customer_id is None),
        ("channel_differs", "channels", kept.channel_id != gone.channel_id),
        ("currency_differs", "currencies", kept.currency != gone.currency),
        ("tax_differs", "ways of pricing tax", kept.tax_included != gone.tax_included),
        ("terms_differ", "payment terms", kept.payment_terms != gone.payment_terms),
    ]  # fmt: skip
    wrong = [
        Refusal(code, f"{kept.number} and {gone.number} have different {what}; only orders alike in that are merged.")
        for code, what, is_so in different if is_so
    ]  # fmt: skip
    if (one := kept.extra.get("blanket")) != (two := gone.extra.get("blanket")):
        said = " and ".join(f"{o.number} {_released(b)}" for o, b in ((kept, one), (gone, two)))
        wrong.append(
            Refusal("agreement_differs", f"{said}: what is agreed is counted per agreement; the two stay apart.")
        )
    if (kept.status == "new") != (gone.status == "new"):
        new = kept if kept.status == "new" else gone
        wrong.append(Refusal("one_is_new", f"Confirm {new.number} first: the other one is confirmed already."))
    wrong += [
        Refusal("already_dispatched", f"Something of {order.number} has left the warehouse; the two stay apart.")
        for order in (kept, gone) if order.qty_dispatched
    ]  # fmt: skip
    if gone.qty_packed:
        wrong.append(
            Refusal("already_packed", f"{gone.qty_packed} of {gone.number} are packed: open that parcel first.")
        )
    if kept.ship_to != gone.ship_to and address_of not in (kept.number, gone.number, EACH):
        wrong.append(Refusal("address_differs", "They go to different addresses; choose which one is right."))
    if address_of == gone.number and kept.ship_to != gone.ship_to and kept.qty_packed:
        wrong.append(
            Refusal("already_packed", f"{kept.number} has a packed parcel with its own address; open it first.")
        )
    return wrong


def _released(blanket: str | None) -> str:
    return f"was released from {blanket}" if blanket else "from no blanket order"
