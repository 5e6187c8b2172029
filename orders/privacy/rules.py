"""When personal data may be erased: nothing of the customer is left to be done."""

from collections.abc import Sequence

from oms.kernel.errors import Refusal
from oms.kernel.plural import are
from orders.models import BlanketOrder, Customer, Order, RecurringOrder

NAMED = 3


def refusals(customer: Customer, orders: Sequence[Order]) -> list[Refusal]:
    """Why the data of `customer` is still needed, in sentences; empty when it is not."""
    if customer.is_erased:
        return [Refusal("erased_already", "Their personal data is erased already.")]
    if customer.merged_into_id:
        return [
            Refusal(
                "customer_merged",
                "They are part of another customer by now; erase that one, and this is erased with it.",
            )
        ]
    found = []
    if going := [o.number for o in orders if o.is_open or o.status == "draft"]:
        found.append(Refusal("orders_open", f"{_named(going)} {are(len(going))} still open. Finish or cancel first."))
    owing = [o.number for o in orders if not o.is_open and (o.balance_due != 0 or o.cod_outstanding > 0)]
    if owing:
        found.append(
            Refusal(
                "money_open", f"Money of {_named(owing)} is still open. Collect it, refund it or write it off first."
            )
        )
    if back := [o.number for o in orders if o.open_returns]:
        found.append(Refusal("returns_open", f"A return of {_named(back)} is still open. Settle it first."))
    if asking := [o.number for o in orders if o.answer_due_at]:
        found.append(Refusal("answer_due", f"A message about {_named(asking)} is still open. Answer it first."))
    if RecurringOrder.objects.filter(customer=customer, status__in=("active", "paused")).exists():
        found.append(Refusal("recurring_open", "A recurring order of theirs is not ended. End it first."))
    if BlanketOrder.objects.filter(customer=customer, status="open").exists():
        found.append(Refusal("blanket_open", "A blanket order of theirs is open. Close it first."))
    return found


def _named(numbers: list[str]) -> str:
    more = len(numbers) - NAMED
    return ", ".join(numbers[:NAMED]) + (f" and {more} more" if more > 0 else "")
