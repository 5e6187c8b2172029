"""What every change of a blanket order shares: its lock, and that no more is released than was agreed."""

from django.db import OperationalError

from oms.kernel.db import limit_lock_wait, sqlstate
from oms.kernel.errors import Busy, Refusal, Refused
from orders.models import BlanketOrder, Order
from orders.standing.agreed import agreed_lines


def lock_blanket(number: str) -> BlanketOrder:
    """Lock and return the agreement. It comes after the order's lock and before every stock row."""
    limit_lock_wait()
    rows = BlanketOrder.objects.select_related("customer", "channel").filter(number=number)
    try:
        found = rows.select_for_update(of=("self",)).first()
    except OperationalError as error:
        if sqlstate(error) == "55P03":
            raise Busy(f"{number} is being changed by somebody else right now. Try again in a moment.") from error
        raise
    if found is None:
        raise Refused("blanket_not_found", f"There is no blanket order {number}.")
    return found


def lock_blanket_of(order: Order) -> BlanketOrder | None:
    """The agreement a locked order was released from, locked; None for every other order, without a query."""
    number = order.extra.get("blanket")
    return lock_blanket(number) if number else None


def require_within(blanket: BlanketOrder | None) -> None:
    """Refuse what has just been written when it releases more than was agreed; the transaction takes it back."""
    over = [a for a in agreed_lines(blanket) if a.open < 0] if blanket else []
    if over:
        assert blanket is not None
        raise Refused.because(
            [
                Refusal(
                    "over_agreed",
                    f"{a.line.product.sku}: {a.line.qty} are agreed in {blanket.number}, this would make it {a.released};"
                    " raise the agreement first.",
                )
                for a in over
            ]
        )
