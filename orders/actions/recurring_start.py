"""Start a recurring order, and change what its orders to come hold, where they go and when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from inventory.models import Product
from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.numbers import next_number
from orders.actions._recurring import lock_recurring, look_ahead, run_of, save, say
from orders.locks import lock_customer
from orders.models import Channel, Customer, RecurringLine, RecurringOrder, RecurringRun
from orders.standing.contents import Contents, contents_of
from orders.standing.rhythm import Rhythm

MAX_LINES, MAX_QTY = 100, 1_000_000
COLUMNS = (
    "channel", "payment_terms", "ship_to", "bill_to", "shipping", "customer_po", "note", "unit", "every", "day",
    "starts_on", "ends_on", "place_hour", "cutoff_hours",
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """Everything about a schedule that people decide. `lines`: (SKU, units). Hours and days are of the business zone."""

    channel: Channel
    rhythm: Rhythm
    lines: Sequence[tuple[str, int]]
    ship_to: dict[str, str]
    bill_to: dict[str, str] = field(default_factory=dict)
    payment_terms: str = "prepaid"
    shipping: Decimal = Decimal(0)
    customer_po: str = ""
    note: str = ""
    place_hour: int = 6
    cutoff_hours: int = 24


@transaction.atomic
def start_recurring(customer: Customer, terms: Terms, *, actor: Any) -> RecurringOrder:
    """Keep a new schedule; its first order is placed on the first day of its rhythm whose hour is still to come.

    Refuses unknown or retired products, a product named twice, and a rhythm without a day to come.
    """
    contents, customer = contents_from(terms.lines), lock_customer(customer.pk)
    recurring = RecurringOrder(
        number=next_number("orders_recurring_seq", "RO"), customer=customer, made_by=as_actor(actor).name[:80]
    )
    _write(recurring, terms)
    first = _first_day(recurring)
    recurring.next_on, recurring.try_at = first, recurring.run_at(first)
    recurring.save()
    _write_lines(recurring, contents)
    publish_move(
        "recurring.started", subject=recurring.number, actor=actor, machine="recurringorder", move="start", source="",
        target=recurring.status, label=recurring.rhythm.words(),
    )  # fmt: skip
    return recurring


@transaction.atomic
def change_recurring(number: str, terms: Terms, *, seen: int, actor: Any) -> RecurringOrder:
    """Change the schedule from its next open day on; a day past its cut-off keeps the contents it closed with, and one
    that could not be placed stays to be placed or skipped.

    Refuses when somebody changed the schedule since version `seen`, and what a new one is refused for.
    """
    recurring = lock_recurring(number)
    if recurring.status == "ended":
        raise Refused("ended", "The schedule has ended; start a new one.")
    if recurring.version != seen:
        raise Refused("changed_meanwhile", f"{number} was changed meanwhile; look at it as it is now, then change it.")
    contents = contents_from(terms.lines)
    closed = _keep_closed_day(recurring, actor)
    _write(recurring, terms)
    if closed:
        recurring.next_on = closed
    elif recurring.failure and recurring.status == "active":
        recurring.try_at = now()  # the day that could not be placed is still owed, with what it holds now
    else:
        look_ahead(recurring, max(business_date(), _first_day(recurring)))
        if recurring.next_on is None and recurring.status == "active":
            raise Refused("no_day", "This rhythm has no day left; choose a later last day.")
    save(recurring, *COLUMNS)
    recurring.lines.all().delete()
    _write_lines(recurring, contents)
    say("recurring.changed", recurring, actor, label=recurring.rhythm.words())
    return recurring


def contents_from(lines: Sequence[tuple[str, int]]) -> Contents:
    """(SKU, units) as products; refuses with every reason, `details["line"]` the index of the line it is about."""
    found = {p.sku: p for p in Product.objects.filter(sku__in={sku for sku, _ in lines})}
    wrong, contents, seen = [], [], set()
    for i, (sku, qty) in enumerate(lines):
        product = found.get(sku)
        if product is None:
            wrong.append(Refusal("sku_unknown", f"There is no product “{sku[:40]}”.", {"line": i}))
        elif not product.is_active:
            wrong.append(Refusal("not_sold", f"{sku} is not sold any more.", {"line": i}))
        elif sku in seen:
            wrong.append(Refusal("sku_twice", f"{sku} is there twice; write it once with the sum.", {"line": i}))
        elif not 1 <= qty <= MAX_QTY:
            wrong.append(Refusal("qty_bad", f"{sku}: write a whole number from 1 to {MAX_QTY:,}.", {"line": i}))
        else:
            contents.append((product.pk, qty))
        seen.add(sku)
    if not lines:
        wrong.append(Refusal("no_lines", "Add at least one product.", {"line": 0}))
    if len(lines) > MAX_LINES:
        wrong.append(Refusal("too_many_lines", f"At most {MAX_LINES} products.", {"line": MAX_LINES}))
    if wrong:
        raise Refused.because(wrong)
    return tuple(contents)


def _write(recurring: RecurringOrder, terms: Terms) -> None:
    rhythm = terms.rhythm
    given = {name: getattr(terms, name) for name in COLUMNS if hasattr(terms, name)}
    given |= {"unit": rhythm.unit, "every": rhythm.every, "day": rhythm.day}
    given |= {"starts_on": rhythm.starts_on, "ends_on": rhythm.ends_on}
    for name, value in given.items():
        setattr(recurring, name, value)


def _first_day(recurring: RecurringOrder) -> date:
    """The first day of the rhythm whose hour has not come yet. Refuses when there is none."""
    for day in recurring.rhythm.days(business_date()):
        if recurring.run_at(day) > now():
            return day
    raise Refused("no_day", "This rhythm has no day left; choose a later last day.")


def _keep_closed_day(recurring: RecurringOrder, actor: Any) -> date | None:
    """The next day when it is past its cut-off, with its contents pinned to what they are now; else None."""
    on = recurring.next_on
    if recurring.status != "active" or on is None or recurring.failure or now() <= recurring.closes_at(on):
        return None
    run = run_of(recurring, on)
    if run is None:
        contents = [list(row) for row in contents_of(recurring, None)]
        RecurringRun.objects.create(
            recurring=recurring, run_on=on, contents=contents, by=as_actor(actor).name[:80], at=now()
        )
    return on


def _write_lines(recurring: RecurringOrder, contents: Contents) -> None:
    RecurringLine.objects.bulk_create(
        RecurringLine(recurring=recurring, position=i, product_id=product, qty=qty)
        for i, (product, qty) in enumerate(contents, start=1)
    )
