"""Is the order so large that a second person says yes first?"""

from oms.kernel.money import format_money
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Limits, Setting


def look(order: OrderFacts, rule: Setting) -> str | None:
    limit = rule.limits.get(order.currency, Limits()).approve_from
    if limit is None or order.total < limit or (order.approved is not None and order.approved >= order.total):
        return None
    total, start = format_money(order.total, order.currency), format_money(limit, order.currency)
    return f"{total} needs a second person's approval (from {start} on); somebody who did not place it approves or declines"
