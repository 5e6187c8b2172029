"""What a customer owes on credit, and since when (CU-05)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate

from oms.kernel.clock import business_zone
from oms.kernel.money import quantize
from orders.models import CreditAccount, Customer, ExchangeRate, Order

# Days past the day it was due -> the column of the ageing table.
BUCKETS = ((0, "Not due yet"), (30, "1–30 days late"), (60, "31–60 days"), (90, "61–90 days"), (None, "Over 90 days"))


@dataclass(frozen=True)
class Owed:
    """One order with something unpaid on credit. `due_at` is None while the goods have not left. `balance` is in the
    account's currency at the order's own rate, None while nobody knows it; `own` in the order's."""

    number: str
    customer_po: str
    balance: Decimal | None
    due_at: datetime | None
    days_late: int
    own: Decimal
    currency: str


@dataclass(frozen=True)
class CreditStanding:
    """A customer's account today: `owed` and `late` in the account's currency, `free` what is left of the limit."""

    account: CreditAccount
    owed: Decimal
    late: Decimal
    orders: tuple[Owed, ...] = ()
    ageing: tuple[tuple[str, Decimal], ...] = field(default=())

    @property
    def free(self) -> Decimal:
        return max(self.account.limit - self.owed, Decimal(0))


def standing(customer: Customer, *, at: datetime) -> CreditStanding | None:
    """Where the customer's credit stands; None for a customer who has no account."""
    account = CreditAccount.objects.filter(customer=customer).first()
    if account is None:
        return None
    orders = tuple(_owed(unpaid(customer, account.currency), account, at))
    late = sum((o.balance or 0 for o in orders if o.days_late > 0), Decimal(0))
    return CreditStanding(account, sum((o.balance or 0 for o in orders), Decimal(0)), late, orders, _ageing(orders))


def unpaid(customer: Customer, currency: str) -> QuerySet:
    """Their orders on credit with a balance, the oldest debt first. Orders taken over from before are not counted.

    `rate` is what one unit of an order's currency is worth in `currency`, as orders/checking/terms.py says it in SQL.
    """
    balance = (
        F("total") - F("cancelled_total") - F("returned_total") - F("written_off_total") - F("paid_total")
        + F("refunded_total")
    )  # fmt: skip
    there = ExchangeRate.objects.filter(
        currency=currency, into=OuterRef("book_currency"), day__lte=OuterRef("placed_on")
    )
    rate = Case(
        When(currency=currency, then=Value(Decimal(1))),
        When(book_currency=currency, then=F("book_rate")),
        default=F("book_rate") / Subquery(there.order_by("-day").values("rate")[:1]),
        output_field=DecimalField(),
    )
    rows = Order.objects.filter(customer=customer, payment_terms="credit", is_historical=False)
    rows = rows.annotate(placed_on=TruncDate("placed_at", tzinfo=business_zone()), balance=balance)
    rows = rows.exclude(status__in=("draft", "cancelled")).annotate(rate=rate).filter(balance__gt=0)
    return rows.order_by(Coalesce("dispatched_at", "placed_at"), "pk")


def _owed(rows: QuerySet, account: CreditAccount, at: datetime) -> Iterator[Owed]:
    columns = ("number", "customer_po", "balance", "dispatched_at", "rate", "currency")
    for number, po, balance, left, rate, currency in rows.values_list(*columns):
        due = left + timedelta(days=account.terms_days) if left else None
        here = None if rate is None else quantize(balance * rate, account.currency)
        yield Owed(number, po, here, due, (at - due).days + 1 if due and at > due else 0, balance, currency)


def _ageing(orders: tuple[Owed, ...]) -> tuple[tuple[str, Decimal], ...]:
    sums = [Decimal(0)] * len(BUCKETS)
    for order in orders:
        sums[next(i for i, (days, _) in enumerate(BUCKETS) if days is None or order.days_late <= days)] += (
            order.balance or 0
        )
    return tuple((label, total) for (_, label), total in zip(BUCKETS, sums, strict=True))
