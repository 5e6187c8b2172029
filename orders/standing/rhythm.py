"""On which days a recurring order is placed: every n weeks on a weekday, or every n months on a day of the month."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FAR = 400  # a rhythm is never looked further ahead than so many of its days


class RhythmUnit(TextChoices):
    WEEK = "week", "weeks"
    MONTH = "month", "months"


@dataclass(frozen=True)
class Rhythm:
    """`day`: a weekday (0: Monday) or a day of the month; a month that has no such day takes its last one.

    The first day is the first fitting one from `starts_on` on, and every n-th week or month is counted from it.
    `ends_on` is the last day on which an order may be placed.
    """

    unit: str
    every: int
    day: int
    starts_on: date
    ends_on: date | None = None

    def days(self, start: date) -> Iterator[date]:
        """Every day from `start` on, in order; none after the last."""
        on, step = self._first(), self._steps_before(start)
        for _ in range(FAR):
            found = self._step(on, step)
            if self.ends_on and found > self.ends_on:
                return
            if found >= start:
                yield found
            step += 1

    def next_day(self, start: date) -> date | None:
        """The first day from `start` on, or None when the rhythm is over."""
        return next(self.days(start), None)

    def holds(self, on: date) -> bool:
        return self.next_day(on) == on

    def words(self) -> str:
        """ "every 2 weeks on Tuesday", "every month on the 31st, or the last day"."""
        often = f"every {self.unit}" if self.every == 1 else f"every {self.every} {self.unit}s"
        if self.unit == RhythmUnit.WEEK:
            return f"{often} on {WEEKDAYS[self.day]}"
        short = ", or the last day" if self.day > 28 else ""
        return f"{often} on the {ordinal(self.day)}{short}"

    def _first(self) -> date:
        if self.unit == RhythmUnit.WEEK:
            return self.starts_on + timedelta(days=(self.day - self.starts_on.weekday()) % 7)
        here = _in_month(self.starts_on.year, self.starts_on.month, self.day)
        if here >= self.starts_on:
            return here
        months = self.starts_on.year * 12 + self.starts_on.month
        return _in_month(months // 12, months % 12 + 1, self.day)

    def _step(self, first: date, n: int) -> date:
        if self.unit == RhythmUnit.WEEK:
            return first + timedelta(weeks=self.every * n)
        months = first.year * 12 + first.month - 1 + self.every * n
        return _in_month(months // 12, months % 12 + 1, self.day)

    def _steps_before(self, start: date) -> int:
        """A step that surely lies before `start`, so that an old rhythm is not walked from its beginning."""
        span = 7 if self.unit == RhythmUnit.WEEK else 31
        return max(0, (start - self._first()).days // (span * self.every) - 1)


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 11th, 22nd."""
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
