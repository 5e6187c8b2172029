"""Is more cash to be collected at the door than we want a courier to carry?"""

from oms.kernel.money import format_money
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting, limit_for


def look(order: OrderFacts, rule: Setting) -> str | None:
    limit, code, worth = limit_for(order, order.total, order.book_total, rule.limits, "cod_up_to")
    if order.payment_terms != "cod" or limit is None or (worth is not None and worth <= limit):
        return None
    total, most = format_money(order.total, order.currency), format_money(limit, code)
    above = f"is above {most}" if worth is not None else f"may be above {most}: there is no exchange rate"
    return f"{total} cash on delivery {above}; take a payment in advance or confirm with the customer by phone"
