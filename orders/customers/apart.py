"""Which customers somebody has told apart: they look the same and are not."""

from typing import Any

from django.db.models import Q, QuerySet

from orders.models import Customer, CustomersApart


def rows_of(customer: Customer) -> QuerySet[CustomersApart]:
    """What was said of this customer, the latest first."""
    return CustomersApart.objects.filter(Q(one=customer) | Q(other=customer)).order_by("-pk")


def between(first: Customer, second: Customer) -> CustomersApart | None:
    """That these two are not the same, if somebody said so."""
    one, other = sorted((first.pk, second.pk))
    return CustomersApart.objects.filter(one=one, other=other).first()


def not_told_apart_from(pk: int) -> Q:
    """Condition on customers: nobody said that they are not customer `pk`."""
    return ~Q(pk__in=CustomersApart.objects.filter(one=pk).values("other")) & ~Q(
        pk__in=CustomersApart.objects.filter(other=pk).values("one")
    )


def told_apart(customer: Customer, user: Any) -> list[tuple[Customer, CustomersApart]]:
    """(the other one, who said so) of those this person may see. One query."""
    seen = Customer.objects.visible_to(user).values("pk")
    rows = rows_of(customer).filter(one__in=seen, other__in=seen) if user.channel_codes else rows_of(customer)
    return [(row.other if row.one_id == customer.pk else row.one, row) for row in rows.select_related("one", "other")]
