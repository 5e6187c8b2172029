"""Page-shaped reads of standing orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from oms.kernel.clock import business_date, now
from oms.ui.lost import Lost
from orders.models import RecurringOrder, RecurringRun, RunOutcome
from orders.standing.contents import Contents, Wanted, contents_of, wanted

AHEAD, SHOWN_RUNS = 6, 20


def waiting(user: Any) -> Sequence[QuerySet]:
    """What the rail counts: schedules whose order could not be placed."""
    return [RecurringOrder.objects.visible_to(user).failing()]


def recurring_or_404(number: str, user: Any) -> RecurringOrder:
    rows = RecurringOrder.objects.visible_to(user).select_related("customer__group", "channel")
    found = rows.prefetch_related("lines__product").filter(number=number).first()
    if found is None:
        raise Lost(f"No recurring order {number[:60]}", search=number[:60])
    return found


@dataclass(frozen=True)
class Day:
    """One day to come as the page shows it. `total` is what its lines cost today, None while a price is missing."""

    on: date
    at: datetime
    closes_at: datetime
    is_closed: bool
    is_skipped: bool
    is_changed: bool
    is_failing: bool
    lines: list[Wanted]

    @property
    def total(self) -> Decimal | None:
        worths = [line.worth for line in self.lines]
        return None if None in worths else sum((w for w in worths if w is not None), Decimal(0))


def days_ahead(recurring: RecurringOrder, count: int = AHEAD) -> list[Day]:
    """The next `count` days, skipped ones included. A fixed number of queries, whatever the contents."""
    if recurring.status == "ended":
        return []
    start = min(recurring.next_on or business_date(), business_date())
    runs = {run.run_on: run for run in recurring.runs.filter(run_on__gte=start)}
    coming = (d for d in recurring.rhythm.days(start) if _is_to_come(recurring, d, runs.get(d)))
    # A day that closed or failed before the rhythm was changed is none of its days any more, and still to come.
    owed = {recurring.next_on} if recurring.next_on and recurring.status == "active" else set()
    days = sorted({*islice(coming, count), *owed})[:count]
    contents = {day: contents_of(recurring, runs.get(day)) for day in days}
    lines = _priced(recurring, contents)
    return [_day(recurring, day, runs.get(day), lines[day]) for day in days]


def _is_to_come(recurring: RecurringOrder, on: date, run: RecurringRun | None) -> bool:
    if run and run.outcome == RunOutcome.PLACED:
        return False
    return on == recurring.next_on or recurring.run_at(on) > now()


def _priced(recurring: RecurringOrder, contents: dict[date, Contents]) -> dict[date, list[Wanted]]:
    """Every distinct contents is priced once."""
    priced = {
        rows: wanted(rows, customer=recurring.customer, channel=recurring.channel, on=business_date())
        for rows in dict.fromkeys(contents.values())
    }
    return {day: priced[rows] for day, rows in contents.items()}


def _day(recurring: RecurringOrder, on: date, run: RecurringRun | None, lines: list[Wanted]) -> Day:
    is_failing = bool(recurring.failure) and on == recurring.next_on
    return Day(
        on, recurring.run_at(on), recurring.closes_at(on), now() > recurring.closes_at(on) and not is_failing,
        bool(run and run.outcome == RunOutcome.SKIPPED), bool(run and run.contents is not None), is_failing, lines,
    )  # fmt: skip


def runs_done(recurring: RecurringOrder) -> list[RecurringRun]:
    """What became of the last days: placed with their orders, or skipped."""
    rows = recurring.runs.filter(outcome__in=(RunOutcome.PLACED, RunOutcome.SKIPPED), run_on__lte=business_date())
    return list(rows.select_related("order")[:SHOWN_RUNS])
