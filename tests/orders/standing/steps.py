"""Schedules that got where they are through the real actions."""

from datetime import date, datetime, timedelta
from typing import Any

from inventory.models import Product
from oms.kernel.clock import business_date, business_zone, now, time_is
from orders.actions.recurring_place import place_due
from orders.actions.recurring_start import Terms, start_recurring
from orders.actions.recurring_state import pause_recurring
from orders.models import Channel, Customer, RecurringOrder
from orders.standing.rhythm import Rhythm
from tests.stories import HOME

MONDAY = date(2026, 3, 2)
WEEKLY = Rhythm("week", 1, 0, MONDAY)
TO = {name: value for name, value in HOME.__dict__.items() if value}


def at(day: int, hour: int = 6, minute: int = 0, month: int = 3) -> datetime:
    """A moment of 2026 in the business zone. Mondays of March: 2, 9, 16, 23, 30."""
    return datetime(2026, month, day, hour, minute, tzinfo=business_zone())


def buyer(name: str = "Zoya P", **fields: Any) -> Customer:
    given = {"email": "zoya@example.test", "phone": "+91 98765 43210"} | fields
    return Customer.objects.get_or_create(match_key=given["email"], defaults={"name": name, **given})[0]


def terms(*lines: tuple[str, int], rhythm: Rhythm = WEEKLY, **changes: Any) -> Terms:
    return Terms(
        channel=Channel.objects.get(code="web"), rhythm=rhythm, lines=lines or (("MUG", 2),), ship_to=TO, **changes
    )


def weekly(
    *lines: tuple[str, int], actor: Any = "system", since: datetime | None = None, **changes: Any
) -> RecurringOrder:
    """Every Monday at six, changes until the day before; started on Sunday 1 March 2026."""
    with time_is(since or at(1, 12)):
        return start_recurring(buyer(), terms(*lines, **changes), actor=actor)


def sweep(day: int, hour: int = 6, minute: int = 1, month: int = 3) -> int:
    """What the beat does at that moment; how many orders it placed."""
    with time_is(at(day, hour, minute, month)):
        return place_due()


def again(recurring: RecurringOrder) -> RecurringOrder:
    return RecurringOrder.objects.get(pk=recurring.pk)


def make_standing(actor: Any) -> None:
    """A schedule in each state the pages know: to come, failing, paused."""
    yesterday = business_date() - timedelta(days=1)
    rhythm = Rhythm("week", 1, yesterday.weekday(), yesterday)
    with time_is(now() - timedelta(days=3)):
        start_recurring(buyer(), terms(("MUG", 1), rhythm=rhythm), actor=actor)
        Product.objects.filter(sku="LAMP").update(price=None)
        start_recurring(buyer(), terms(("LAMP", 1), rhythm=rhythm), actor=actor)
        pause_recurring(start_recurring(buyer(), terms(rhythm=rhythm), actor=actor).number, actor=actor)
    place_due()
    Product.objects.filter(sku="LAMP").update(price=100)


def long_schedule(lines: int, actor: Any) -> None:
    """A schedule of so many products."""
    skus = [f"LONG-{lines}-{i}" for i in range(lines)]
    Product.objects.bulk_create([Product(sku=sku, name=sku, price=10) for sku in skus])
    rhythm = Rhythm("month", 1, 15, business_date() + timedelta(days=20))
    start_recurring(
        buyer(), terms(*((sku, 1) for sku in skus), rhythm=rhythm, customer_po=f"lines-{lines}"), actor=actor
    )
