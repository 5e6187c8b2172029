"""Erase the personal data of customers whose last order ended longer ago than the house keeps it."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce

from oms.kernel.clock import business_date, day_bounds, now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.personal import ERASED
from oms.kernel.plural import plural
from orders.actions.erase import erase_customer
from orders.models import Customer, RetentionRule
from orders.querysets import CustomerQuerySet
from orders.states import OPEN_STATUSES

BATCH = 200  # customers a night; the others come the next one
BY = "Retention rule"


def due(months: int) -> CustomerQuerySet:
    """Customers none of whose orders is open, and whose last one ended more than `months` months ago, longest first.

    An order ends when it is closed, cancelled or delivered; an old one of which nothing of that is known, when it was placed.
    """
    last = Coalesce("orders__closed_at", "orders__cancelled_at", "orders__delivered_at", "orders__placed_at")
    rows = Customer.objects.exclude(name=ERASED, match_key="").annotate(last=Max(last))
    busy = rows.filter(Q(orders__status__in=[*OPEN_STATUSES, "draft"])).values("pk")
    return rows.filter(last__lt=_before(months)).exclude(pk__in=busy).order_by(F("last").asc(), "pk")


def erase_old(*, actor: Any = BY) -> int:
    """Erase who is due, if the rule is on; how many were. Who owes or is owed something is left for the next night."""
    rule = RetentionRule.objects.filter(pk=1).first()
    if rule is None or rule.months is None:
        return 0
    reason = f"Kept for {plural(rule.months, 'month')} after the last order, by the rule of the house"
    done = 0
    for pk in list(due(rule.months).values_list("pk", flat=True)):
        if done == BATCH:
            break
        try:
            retrying()(erase_customer)(pk, reason=reason, actor=actor)
        except (Refused, Busy):
            continue
        done += 1
    return done


def _before(months: int) -> Any:
    """The beginning of the business day that many months ago; of a longer month the last day stands for the missing ones."""
    day = business_date(now())
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    while True:
        try:
            return day_bounds(day.replace(year=year, month=month + 1))[0]
        except ValueError:
            day -= timedelta(days=1)
