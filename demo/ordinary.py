"""How most orders go: placed, paid, confirmed, picked, packed, sent, delivered, some of them returned."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from random import Random

from django.db.models import F

from demo.clockwork import Story
from demo.desk import Desk
from inventory.actions.adjust import receive_stock
from inventory.models import Product, StockLevel
from oms.kernel.errors import Refused
from orders.actions.expire import ask_suppliers, close_settled, expire_reservations, release_timed_holds
from orders.models import Order
from payments.actions.refund import approve_refund, send_refund, succeed_refund
from payments.models import Refund
from returns.actions.decide import approve_return
from returns.actions.inspect import Finding, inspect_return
from returns.actions.receive import receive_return
from returns.actions.request import request_return
from returns.actions.resolve import Settlement, resolve_return

BUYERS = ("paid", "paid", "paid", "verify", "cod")


def ordinary(desk: Desk, channel: str, random: Random, returned: bool = False) -> Story:
    """One order from the customer's click to the doorstep, as far as it has come by now."""
    pay = random.choice(BUYERS if desk.channels[channel].currency == "INR" else BUYERS[:4])
    if channel == "distributors":
        pay = random.choice(("credit", "paid"))
    number = desk.place(channel, pay if channel != "bazaar" else "paid")
    yield random.uniform(0.4, 2.5)
    desk.verify(number)
    desk.confirm(number)
    yield random.uniform(0.3, 2)
    yield from until_sent(desk, number, random)
    yield from on_the_road(desk, number, random)
    if pay == "cod":
        yield random.uniform(60, 110)
        desk.remit(number)
    if returned:
        yield random.uniform(20, 60)
        yield from sent_back(desk, number, random)


def until_sent(desk: Desk, number: str, random: Random) -> Story:
    """Work on whatever has stock, until nothing of the order is left in the building."""
    while Order.objects.filter(number=number, qty_dispatched__lt=F("qty_ordered")).exists():
        with suppress(Refused):  # released before, or everything of it waits for stock
            desk.release(number)
        yield random.uniform(0.3, 3)
        if not desk.work(number, "open") or Order.objects.get(number=number).status != "processing":
            yield 9
            continue
        for step in (desk.start_pick, desk.finish_pick, desk.pack, desk.ship):
            step(number)
            yield random.uniform(0.3, 1.6)


def on_the_road(desk: Desk, number: str, random: Random) -> Story:
    yield random.uniform(3, 8)
    desk.track(number, "transit", "Left the hub")
    yield random.uniform(20, 74)
    desk.deliver(number)


def sent_back(desk: Desk, number: str, random: Random) -> Story:
    """One unit comes back in good order and is refunded."""
    line = Order.objects.get(number=number).lines.order_by("pk").first()
    assert line is not None
    reason = random.choice(("changed_mind", "wrong_size", "not_as_described"))
    rma = request_return(number, quantities={line.pk: 1}, reason=reason, actor=desk.staff["support"]).number
    yield random.uniform(2, 9)
    approve_return(rma, actor=desk.staff["support"])
    yield random.uniform(30, 60)
    yield from settled(desk, number, rma)


def settled(desk: Desk, number: str, rma: str) -> Story:
    """The parcel is opened, found in order, settled, and the money goes back."""
    bo, fay = desk.staff["warehouse"], desk.staff["finance"]
    entry = Order.objects.get(number=number).returns.get(number=rma).lines.get()
    place = desk.home_of(number)
    receive_return(rma, quantities={entry.pk: entry.qty}, location=place, actor=bo)
    yield 3
    inspect_return(rma, findings=[Finding(entry.pk, entry.qty, "as_new", "restock")], actor=bo)
    yield 4
    resolve_return(rma, settlements={entry.pk: Settlement("refund", entry.qty)}, actor=desk.staff["support"])
    yield 2
    for refund in Refund.objects.filter(order__number=number, status="requested"):
        approve_refund(refund.number, actor=desk.staff["owner"])
        send_refund(refund.number, reference=f"BANK-{refund.pk:06}", actor=fay)
    yield 24
    for refund in Refund.objects.filter(order__number=number, status="sent"):
        succeed_refund(refund.number, actor=fay)


def nights() -> Story:
    """What the house does by itself: promises lapse, timed holds end, settled orders close, late suppliers are asked."""
    while True:
        expire_reservations()
        release_timed_holds()
        close_settled()
        ask_suppliers()
        yield 24


def deliveries(scarce: list[Product], random: Random) -> Story:
    """Every few days a supplier brings some of what runs short."""
    for trip in count(2200):
        for product in scarce:
            low = (
                StockLevel.objects.filter(product=product)
                .order_by("location_id")
                .values_list("location__code", flat=True)
            )
            code = random.choice(list(low))
            receive_stock(
                product.sku, location=code, qty=random.randrange(3, 8), source=f"GRN-{trip:04}", actor="system"
            )
        yield 71


def moments(first: datetime, last: datetime, how_many: int, random: Random) -> Iterator[datetime]:
    """`how_many` moments in between, in order."""
    span = (last - first).total_seconds()
    yield from sorted(first + timedelta(seconds=random.uniform(0, span)) for _ in range(how_many))
