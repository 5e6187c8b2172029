"""Does one customer order unusually often?"""

from datetime import timedelta

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    if order.placed_at is None:
        return None
    since = order.placed_at - timedelta(hours=rule.window_hours)
    recent = sum(1 for other in order.near if other.same_customer and other.placed_at >= since) + 1
    if recent <= rule.max_orders:
        return None
    allowed = "1 is" if rule.max_orders == 1 else f"{rule.max_orders} are"
    return f"Order {recent} of this customer within {rule.window_hours} h, {allowed} usual"
