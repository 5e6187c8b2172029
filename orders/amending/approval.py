"""From which amount on a change of a confirmed order needs a second person, by the same limits as new orders."""

from decimal import Decimal

from orders.models import Amendment, ApprovalRule, Order
from orders.states import AmendmentStatus, OrderStatus


def needs_second_person(order: Order, amendment: Amendment) -> Decimal | None:
    """The limit that the amended order has reached and nobody has approved yet, or None.

    A new order is held by the check of its amount instead, as when it was placed. An amount that does not grow needs
    nobody. Approved is approved up to the amount that was shown.
    """
    if order.status == OrderStatus.NEW or amendment.amount is None or amendment.amount_before is None:
        return None
    limit = ApprovalRule.objects.filter(currency=order.currency).values_list("approve_from", flat=True).first()
    if limit is None or amendment.amount < limit or amendment.amount <= amendment.amount_before:
        return None
    if amendment.status == AmendmentStatus.APPROVED and amendment.approved_amount is not None:
        return None if amendment.amount <= amendment.approved_amount else limit
    return limit
