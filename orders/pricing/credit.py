"""What a customer owes on credit, and since when (CU-05)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from orders.models import CreditAccount, Customer, Order

# Days past the day it was due -> the column of the ageing table.
BUCKETS = ((0, "Not due yet"), (30, "1–30 days late"), (60, "31–60 days"), (90, "61–90 days"), (None, "Over 90 days"))


@dataclass(frozen=True)
class Owed:
    """One order with something unpaid on credit. `due_at` is None while the goods have not left."""

    number: str
    customer_po: str
    balance: Decimal
    due_at: datetime | None
    days_late: int


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
    orders = tuple(_owed(unpaid(customer, account.currency), account.terms_days, at))
    late = sum((o.balance for o in orders if o.days_late > 0), Decimal(0))
    return CreditStanding(account, sum((o.balance for o in orders), Decimal(0)), late, orders, _ageing(orders))


def unpaid(customer: Customer, currency: str) -> QuerySet:
    """Their orders on credit with a balance, the oldest debt first. Orders taken over from before are not counted."""
    balance = (
        F("total") - F("cancelled_total") - F("returned_total") - F("written_off_total") - F("paid_total")
        + F("refunded_total")
    )  # fmt: skip
    rows = Order.objects.filter(customer=customer, currency=currency, payment_terms="credit", is_historical=False)
    rows = rows.exclude(status__in=("draft", "cancelled")).annotate(balance=balance).filter(balance__gt=0)
    return rows.order_by(Coalesce("dispatched_at", "placed_at"), "pk")


def _owed(rows: QuerySet, terms_days: int, at: datetime) -> Iterator[Owed]:
    for number, po, balance, left in rows.values_list("number", "customer_po", "balance", "dispatched_at"):
        due = left + timedelta(days=terms_days) if left else None
        yield Owed(number, po, balance, due, (at - due).days + 1 if due and at > due else 0)


def _ageing(orders: tuple[Owed, ...]) -> tuple[tuple[str, Decimal], ...]:
    sums = [Decimal(0)] * len(BUCKETS)
    for order in orders:
        sums[next(i for i, (days, _) in enumerate(BUCKETS) if days is None or order.days_late <= days)] += order.balance
    return tuple((label, total) for (_, label), total in zip(BUCKETS, sums, strict=True))
