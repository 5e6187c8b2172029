"""What suppliers of the demo send to its customers themselves: one order in every step of it, and in each trouble."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from demo.clockwork import Story
from demo.desk import CARRIERS, Desk
from fulfilment.actions.supplier.answer import supplier_confirms, supplier_refuses
from fulfilment.actions.supplier.ship import supplier_ships
from fulfilment.actions.supplier.stop import ask_to_stop, supplier_stops
from fulfilment.actions.supplier.tell import send_to_supplier
from fulfilment.models import FulfilmentOrder
from inventory.actions.drop_shipping import Terms, keep_drop_shipping, tell_stock
from inventory.actions.purchases.supplier import keep_items
from inventory.models import Product, Supplier
from oms.access.models import User
from oms.kernel.clock import business_date
from orders.models import Order

GOODS = (
    # SKU, name, price, who sends it, their cost in their currency
    ("RUG-JUTE", "Jute rug, round", 3400, "malabar", "1850"),
    ("RUG-COIR", "Coir mat, striped", 1250, "malabar", "640"),
    ("CHAIR-CANE", "Cane chair", 6900, "malabar", "4100"),
    ("BENCH-OAK", "Oak bench", 14500, "otway", "155"),
)
SENDERS = (("malabar", "Malabar Rugs and Cane", "INR", 4, 1500, "IN"), ("otway", "Otway Timber", "AUD", 6, 0, "AU"))


def make_senders(staff: dict[str, User]) -> None:
    """Rugs and furniture that never pass our door; of the rugs we are told how many there are, of the chairs we are not."""
    for code, name, currency, days, minimum, country in SENDERS:
        Supplier.objects.create(
            code=code, name=name, currency=currency, lead_days=days, minimum=minimum, email=f"orders@{code}.example"
        )
        sold = [(sku, cost) for sku, _, _, by, cost in GOODS if by == code]
        for sku, label, price, by, _ in GOODS:
            if by == code:
                Product.objects.create(sku=sku, name=label, price=Decimal(price))
        keep_items(
            Supplier.objects.get(code=code),
            [(sku, f"{code[:2].upper()}{sku[-4:]}", Decimal(cost), 1) for sku, cost in sold],
        )
        terms = [Terms(sku, "supplier_only", 9 if sku == "CHAIR-CANE" else None) for sku, _ in sold]
        keep_drop_shipping(code, terms=terms, ships_to=[country], actor=staff["owner"])
    tell_stock("malabar", [("RUG-JUTE", 60), ("RUG-COIR", 24)], actor=staff["warehouse"])


def sent_by_suppliers(desk: Desk, present: datetime) -> list[tuple[datetime, Story]]:
    """(when it is ordered, what happens)."""
    told = partial(_figures, desk)
    rows = (
        # days ago, channel, lines, as far as
        (10, "web-in", (("RUG-JUTE", 1),), "delivered"),
        (7.5, "web-in", (("RUG-COIR", 2),), "late"),
        (5, "web-au", (("BENCH-OAK", 1),), "road"),
        (4, "web-in", (("RUG-JUTE", 2), ("RUG-COIR", 1)), "part"),
        (3, "web-in", (("CHAIR-CANE", 2),), "confirmed"),
        (2.5, "whatsapp", (("RUG-COIR", 1),), "stop"),
        (2, "web-in", (("CHAIR-CANE", 1),), "stopped"),
        (1.5, "web-in", (("RUG-COIR", 3),), "refused"),
        (1, "web-au", (("BENCH-OAK", 2),), "told"),
        (0.5, "web-in", (("RUG-JUTE", 1), ("CB-02-BLU", 1)), "mixed"),
        (0.3, "web-in", (("RUG-JUTE", 1),), "release"),
    )
    stories = [
        (present - timedelta(days=days), _sent(desk, channel, lines, upto)) for days, channel, lines, upto in rows
    ]
    return [*stories, (present - timedelta(days=1.2), told())]


def _figures(desk: Desk) -> Story:
    """They write how many rugs are left, a day ago."""
    tell_stock("malabar", [("RUG-JUTE", 41)], actor=desk.staff["warehouse"])
    yield from ()


def _sent(desk: Desk, channel: str, lines: tuple[tuple[str, int], ...], upto: str) -> Story:
    wanted = tuple((Product.objects.get(sku=sku), qty) for sku, qty in lines)
    number = desk.place(channel, lines=wanted)
    yield 1
    desk.confirm(number)
    if upto == "release":
        return
    yield 1
    desk.release(number)
    if upto == "mixed":
        return
    yield 2
    _each(number, partial(send_to_supplier, actor=desk.staff["warehouse"]))
    yield 5
    yield from _answered(desk, number, upto)


def _answered(desk: Desk, number: str, upto: str) -> Story:
    warehouse, support = desk.staff["warehouse"], desk.staff["support"]
    if upto == "refused":
        why = "The loom is broken until next month"
        _each(number, lambda fo: supplier_refuses(fo, reason=why, none_left=True, actor=warehouse))
    if upto in ("stop", "stopped"):
        _each(number, lambda fo: ask_to_stop(fo, reason="The customer ordered the wrong size", actor=support))
        yield 4
    if upto == "stopped":
        _each(number, lambda fo: supplier_stops(fo, actor=warehouse))
    if upto in ("confirmed", "delivered", "road", "part"):
        day = business_date() + timedelta(days=3)
        _each(number, lambda fo: supplier_confirms(fo, on=day, reference=f"V{number[3:]}", actor=warehouse))
        yield 30
    if upto in ("delivered", "road", "part"):
        units = {"RUG-JUTE": 1} if upto == "part" else None
        carrier = CARRIERS[Order.objects.get(number=number).channel.country][0]
        _each(number, lambda fo: supplier_ships(
            fo, carrier=carrier, tracking_number=f"VS{number[3:]}", quantities=units, actor=warehouse
        ))  # fmt: skip
    if upto == "delivered":
        yield 40
        desk.deliver(number)


def _each(number: str, act: Callable[[str], object]) -> None:
    for fo in FulfilmentOrder.objects.filter(order__number=number, status="with_supplier").order_by("pk"):
        act(fo.number)
