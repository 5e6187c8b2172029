"""From which amount on a change of a confirmed order needs a second person, by the same limits as new orders."""

from oms.kernel.money import format_money
from orders.checking.rulebook import Limits, limit_for
from orders.exchange import in_book
from orders.models import Amendment, ApprovalRule, Order
from orders.states import AmendmentStatus, OrderStatus


def needs_second_person(order: Order, amendment: Amendment) -> str | None:
    """The limit, with its sign, that the amended order has reached and nobody has approved yet, or None.

    A new order is held by the check of its amount instead, as when it was placed. An amount that does not grow needs
    nobody. Approved is approved up to the amount that was shown.
    """
    if order.status == OrderStatus.NEW or amendment.amount is None or amendment.amount_before is None:
        return None
    rules = ApprovalRule.objects.filter(currency__in={order.currency, order.book_currency})
    limits = {rule.currency: Limits(rule.approve_from) for rule in rules}
    limit, code, worth = limit_for(order, amendment.amount, in_book(order, amendment.amount), limits, "approve_from")
    if limit is None or (worth is not None and worth < limit) or amendment.amount <= amendment.amount_before:
        return None
    if amendment.status == AmendmentStatus.APPROVED and amendment.approved_amount is not None:
        return None if amendment.amount <= amendment.approved_amount else format_money(limit, code)
    return format_money(limit, code)
