"""Is more cash to be collected at the door than we want a courier to carry?"""

from oms.kernel.money import format_money
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Limits, Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    limit = rule.limits.get(order.currency, Limits()).cod_up_to
    if order.payment_terms != "cod" or limit is None or order.total <= limit:
        return None
    total, most = format_money(order.total, order.currency), format_money(limit, order.currency)
    return f"{total} cash on delivery is above {most}; take a payment in advance or confirm with the customer by phone"
