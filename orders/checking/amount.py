"""Is the order so large that a second person says yes first?"""

from oms.kernel.money import format_money
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting, limit_for


def look(order: OrderFacts, rule: Setting) -> str | None:
    limit, code, worth = limit_for(order, order.total, order.book_total, rule.limits, "approve_from")
    if limit is None or (order.approved is not None and order.approved >= order.total):
        return None
    total, start = format_money(order.total, order.currency), format_money(limit, code)
    if worth is None:
        return f"{total} needs a second person's approval: what it is worth in {code} is not known, there is no exchange rate"
    if worth < limit:
        return None
    if code != order.currency:
        total = f"{total}, {format_money(worth, code)} at its exchange rate,"
    return f"{total} needs a second person's approval (from {start} on)"
