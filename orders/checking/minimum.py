"""Does the order reach the least this buyer takes?"""

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    return f"Below the minimum. {'; '.join(order.too_few)}" if order.too_few else None
