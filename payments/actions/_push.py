"""Push the sums of an order's payments up to the order."""

from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from orders.actions.progress import MoneyFacts, report_money
from orders.models import Order
from payments.models import Payment
from payments.states import WITH_COURIER


def push_money(order: Order) -> None:
    """Report the sums of a locked order's payments. Every action that changes a payment ends here."""
    report_money(order, money_facts(order))


def money_facts(order: Order) -> MoneyFacts:
    """The sums over the order's payments, in one query."""
    sums = sums_of(Payment.objects.filter(order=order))
    return MoneyFacts(**{**sums, "has_failed": sums["has_failed"] > 0})


def sums_of(payments: QuerySet) -> dict:
    zero = Decimal(0)
    return payments.aggregate(
        paid=Sum("captured_amount", default=zero),
        refunded=Sum("refunded_amount", default=zero),
        verifying=Sum("amount", filter=Q(status="verification_pending"), default=zero),
        authorized=Sum("amount", filter=Q(status="authorized"), default=zero),
        disputed=Sum(F("captured_amount") - F("refunded_amount"), filter=Q(status="disputed"), default=zero),
        cod_outstanding=Sum("amount", filter=Q(status__in=WITH_COURIER), default=zero),
        has_failed=Count("pk", filter=Q(status="failed")),
    )
