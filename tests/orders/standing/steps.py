"""Schedules that got where they are through the real actions."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from inventory.models import Product
from oms.kernel.clock import business_date, business_zone, now, time_is
from orders.actions.blanket_keep import Agreement, close_blanket, start_blanket
from orders.actions.blanket_release import release_blanket
from orders.actions.recurring_place import place_due
from orders.actions.recurring_start import Terms, start_recurring
from orders.actions.recurring_state import pause_recurring
from orders.models import BlanketOrder, Channel, Customer, Order, RecurringOrder
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
    released(blanket(("MUG", 20, "80"), actor=actor), actor, MUG=1)
    close_blanket(blanket(actor=actor).number, actor=actor)
    Product.objects.filter(sku="LAMP").update(price=100)


def long_schedule(lines: int, actor: Any) -> None:
    """A schedule of so many products."""
    skus = [f"LONG-{lines}-{i}" for i in range(lines)]
    Product.objects.bulk_create([Product(sku=sku, name=sku, price=10) for sku in skus])
    rhythm = Rhythm("month", 1, 15, business_date() + timedelta(days=20))
    start_recurring(
        buyer(), terms(*((sku, 1) for sku in skus), rhythm=rhythm, customer_po=f"lines-{lines}"), actor=actor
    )


def pk(sku: str) -> int:
    return Product.objects.get(sku=sku).pk


def agreement(*lines: tuple[str, int, str], **changes: Any) -> Agreement:
    """Of the channel `web`, from last week on for a month, unless said otherwise."""
    today = business_date()
    given: dict[str, Any] = {
        "channel": Channel.objects.get(code="web"), "starts_on": today - timedelta(days=7), "ends_on": today + timedelta(days=30),
        "ship_to": TO, "customer_po": "PO-77",
        "lines": [(sku, qty, Decimal(price)) for sku, qty, price in lines or (("MUG", 5, "80"),)],
    }  # fmt: skip
    return Agreement(**given | changes)


def blanket(*lines: tuple[str, int, str], actor: Any = "system", **changes: Any) -> BlanketOrder:
    return start_blanket(buyer(), agreement(*lines, **changes), actor=actor)


def released(made: BlanketOrder, actor: Any, **units: int) -> Order:
    return release_blanket(made.number, {pk(sku): qty for sku, qty in units.items()}, key=uuid4().hex, actor=actor)


def long_agreement(lines: int, actor: Any) -> None:
    """An agreement on the products of the long schedule, with as many releases of one unit of each."""
    made = blanket(*((f"LONG-{lines}-{i}", 50, "9") for i in range(lines)), customer_po=f"agreed-{lines}", actor=actor)
    for _ in range(lines):
        released(made, actor, **{f"LONG-{lines}-{i}": 1 for i in range(lines)})
