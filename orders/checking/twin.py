"""Did the same buyer order the same things a moment ago?"""

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    """Only the later of two twins is found, and only while the earlier is still open."""
    for other in order.near:
        if other.is_open and other.skus == order.skus and _within(order, other, rule.window_hours):
            return f"Same buyer and products as {other.number}, placed shortly before"
    return None


def _within(order: OrderFacts, other, hours: int) -> bool:
    return order.placed_at is not None and (order.placed_at - other.placed_at).total_seconds() <= hours * 3600
