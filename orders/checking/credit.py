"""May this buyer owe us this order as well?"""

from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting

NAMED = 3  # late orders that the sentence names; their page has the others


def look(order: OrderFacts, rule: Setting) -> str | None:
    credit = order.credit
    if credit is None:
        return None
    if credit.limit is None:
        return "No credit is agreed with this customer; take a payment, or give them an account first"
    currency = credit.currency
    if credit.stopped:
        return "Credit is stopped for this customer; settle it with them, or take a payment"
    if credit.late > 0:
        late, days = format_money(credit.late, currency), plural(credit.terms_days, "day")
        return f"{late} of {_named(credit.late_orders)} is unpaid beyond the {days} agreed"
    if credit.worth is None or credit.unrated:
        which = credit.unrated if credit.worth is not None else f"this order in {order.currency}"
        return f"What {which} is worth in {currency} is not known; Finance records the exchange rate, then it is checked again"
    if credit.owed + credit.worth > credit.limit:
        owed, worth, limit = (format_money(x, currency) for x in (credit.owed, credit.worth, credit.limit))
        if not credit.owed:
            return f"This order of {worth} alone is over the limit of {limit}"
        return f"Owes {owed} already; with the {worth} of this order it is over the limit of {limit}"
    return None


def _named(numbers: tuple[str, ...]) -> str:
    if len(numbers) > NAMED:
        return f"{', '.join(numbers[:NAMED])} and {len(numbers) - NAMED} more"
    return " and ".join(filter(None, [", ".join(numbers[:-1]), numbers[-1]]))
