"""Standing orders of the demo's distributors, and where its Australian shop delivers: each in every state a page can show."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from inventory.models import Product
from oms.access.models import User
from oms.kernel.clock import business_date, now, time_is
from orders.actions.blanket_keep import Agreement, close_blanket, start_blanket
from orders.actions.blanket_release import release_blanket
from orders.actions.entry import keep_entry
from orders.actions.recurring_place import place_due, place_next
from orders.actions.recurring_run import set_contents, skip_run
from orders.actions.recurring_start import Terms, start_recurring
from orders.actions.recurring_state import pause_recurring
from orders.models import Channel, Customer, CustomerAddress, DeliveryArea
from orders.standing.rhythm import Rhythm

EVERYWHERE = (("New South Wales and Canberra", 200, 299), ("New South Wales", 1000, 2999), ("Rest of Australia", 800, 999),
              ("Victoria to Tasmania", 3000, 9999))  # fmt: skip


def make_standing(products: Sequence[Product], staff: dict[str, User]) -> None:
    """Three schedules (one with a day changed and one skipped, one failing, one paused) and three agreements."""
    channel, clerk = Channel.objects.get(code="distributors"), staff["sales"]
    buyers = list(Customer.objects.filter(orders__channel=channel).distinct().order_by("pk")[:4])
    sold = [p for p in products if p.currency == channel.currency and p.price][:6]
    if not buyers or len(sold) < 6:
        return
    _schedules(channel, buyers, sold, clerk)
    _agreements(channel, buyers, sold, clerk)
    _drafts(sold, staff)
    australia = Channel.objects.get(code="web-au")
    for name, first, last in EVERYWHERE:
        DeliveryArea.objects.create(name=name, channel=australia, country="AU", first_code=first, last_code=last)


def _drafts(sold: list[Product], staff: dict[str, User]) -> None:
    """Two orders that were interrupted, one of them without a name yet."""
    begun = {
        "terms-channel": "whatsapp",
        "contact-customer_name": "Ishaan Example",
        "line-0-sku": sold[0].sku,
        "line-0-qty": "6",
    }
    keep_entry("d" * 32, begun, seen=0, actor=staff["sales"])
    keep_entry("e" * 32, {"terms-channel": "phone-au", "line-0-sku": sold[1].sku}, seen=0, actor=staff["support"])


def _schedules(channel: Channel, buyers: list[Customer], sold: list[Product], clerk: User) -> None:
    yesterday = business_date() - timedelta(days=1)
    weekly = Rhythm("week", 1, yesterday.weekday(), yesterday - timedelta(days=7))
    with time_is(now() - timedelta(days=4)):
        running = start_recurring(buyers[0], _terms(channel, buyers[0], weekly, sold[:2]), actor=clerk)
        monthly = Rhythm("month", 1, 31, yesterday)
        season = buyers[2 % len(buyers)]
        paused = start_recurring(season, _terms(channel, season, monthly, sold[1:3]), actor=clerk)
    missed = business_date() - timedelta(days=4)
    with time_is(now() - timedelta(days=6)):  # nobody swept while the shop moved house: it waits for a person
        late, rhythm = buyers[1 % len(buyers)], Rhythm("week", 2, missed.weekday(), missed)
        start_recurring(late, _terms(channel, late, rhythm, sold[2:4]), actor=clerk)
    with time_is(now() - timedelta(hours=4)):
        place_next(running.number, actor="Recurring orders", by_hand=True)
    days = list(_days(weekly))
    set_contents(running.number, on=days[1], lines=[(sold[4].sku, 48)], actor=clerk)
    skip_run(running.number, on=days[2], actor=clerk)
    place_due()
    pause_recurring(paused.number, actor=clerk, reason="Their shop is closed for the season")


def _agreements(channel: Channel, buyers: list[Customer], sold: list[Product], clerk: User) -> None:
    today = business_date()
    with time_is(now() - timedelta(days=20)):
        running = start_blanket(
            buyers[0], _agreed(channel, buyers[0], sold[:3], "PO-2026-114", today + timedelta(days=160)), actor=clerk
        )
        start_blanket(
            buyers[-1], _agreed(channel, buyers[-1], sold[3:5], "PO-2026-098", today - timedelta(days=2)), actor=clerk
        )
        closed = start_blanket(
            buyers[-1], _agreed(channel, buyers[-1], sold[:1], "PO-2025-771", today + timedelta(days=12)), actor=clerk
        )
    with time_is(now() - timedelta(hours=6)):
        for key, qty in (("first", 24), ("second", 12)):
            release_blanket(running.number, {p.pk: qty for p in sold[:2]}, key=f"demo-{key}", actor=clerk)
        close_blanket(closed.number, actor=clerk)


def _days(rhythm: Rhythm) -> list[Any]:
    days, found = rhythm.days(business_date() + timedelta(days=1)), []
    for day in days:
        found.append(day)
        if len(found) == 3:
            break
    return found


def _terms(channel: Channel, customer: Customer, rhythm: Rhythm, products: Sequence[Product]) -> Terms:
    lines = [(p.sku, 24) for p in products]
    return Terms(channel=channel, rhythm=rhythm, lines=lines, ship_to=_place(customer), payment_terms="credit")


def _agreed(channel: Channel, customer: Customer, products: Sequence[Product], po: str, until: Any) -> Agreement:
    lines = [(p.sku, 240, ((p.price or Decimal(100)) * Decimal("0.74")).quantize(Decimal("0.01"))) for p in products]
    return Agreement(
        channel=channel, lines=lines, starts_on=business_date() - timedelta(days=30), ends_on=until, customer_po=po,
        ship_to=_place(customer), payment_terms="credit",
    )  # fmt: skip


def _place(customer: Customer) -> dict[str, str]:
    place = CustomerAddress.objects.filter(customer=customer).order_by("-is_default", "pk").first()
    names = ("name", "line1", "line2", "city", "state", "postal_code", "country", "phone")
    return {name: value for name in names if place and (value := getattr(place, name))}
