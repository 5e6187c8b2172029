"""One idea of now, of the business day, and of durations in the words the screens use."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_told: ContextVar[datetime | None] = ContextVar("told_time", default=None)


def now() -> datetime:
    """The present moment, UTC-aware."""
    return _told.get() or timezone.now()


@contextmanager
def time_is(moment: datetime) -> Iterator[None]:
    """Let every action inside believe it is `moment` (aware). For demo data and tests, never for live work."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def business_zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def business_date(moment: datetime | None = None) -> date:
    """The day a moment belongs to in the company's own zone; every report and screen uses this one function."""
    return (moment or now()).astimezone(business_zone()).date()


def at_hour(day: date, hour: int) -> datetime:
    """The aware moment of that whole hour of a business day."""
    return datetime.combine(day, time(hour), tzinfo=business_zone())


def end_of(day: date) -> datetime:
    """The last second of a business day: what is due that day is late after it, and reads as that day."""
    return day_bounds(day)[1] - timedelta(seconds=1)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Start (inclusive) and end (exclusive) of a business day as aware moments; right across daylight saving."""
    zone = business_zone()
    return (
        datetime.combine(day, time.min, tzinfo=zone),
        datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone),
    )
