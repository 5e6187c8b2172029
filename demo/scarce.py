"""What there is too little of: two lamps that are shared out by decision, and shelves that run low."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from demo.clockwork import Story
from demo.desk import Desk
from demo.drafts import Generator
from demo.ordinary import until_sent
from inventory.actions.adjust import receive_stock
from inventory.actions.alert import check_levels
from inventory.actions.ration import ration
from inventory.actions.recipe import Part, set_recipe
from inventory.actions.safety import set_safety_stock
from inventory.models import Product
from oms.access.models import User
from orders.actions.share import share_out
from orders.sharing.picture import picture_of

BRASS, GLASS, SET = "LAMP-BRASS", "LAMP-GLASS", "SET-STUDY"
CUP = 26  # its place in the list of products
# Place in the list of products, where, safety stock: some ran short long ago, some are nearly used up, some are refilled.
SAFETY = ((9, "pune", 6), (9, "melbourne", 7), (19, "pune", 9), (29, "bengaluru", 8), (39, "melbourne", 4), (2, "fitzroy", 40),
          (5, "pune", 20))  # fmt: skip
SEED = 1947


def make_scarce(products: Sequence[Product], staff: dict[str, User]) -> None:
    """Numbered lamps, few of each, and a set with one of them. Only on stories' orders, so that they stay few."""
    for sku, name, price in ((BRASS, "Brass lamp, numbered", 2350), (GLASS, "Glass lamp, numbered", 2900)):
        Product.objects.create(sku=sku, name=name, price=Decimal(price), weight_grams=1400)
        ration(sku, on=True, actor=staff["owner"])
    Product.objects.create(sku=SET, name="Study corner", price=Decimal(2590))
    set_recipe(SET, parts=[Part(BRASS, 1), Part(products[CUP].sku, 2)], actor=staff["owner"])


def make_safety(products: Sequence[Product], staff: dict[str, User]) -> None:
    for place, code, qty in SAFETY:
        set_safety_stock(products[place].sku, location=code, qty=qty, actor=staff["owner"])


def contests(desk: Desk, products: list[Product], present: datetime) -> list[tuple[datetime, Story]]:
    """(when, what happens). The last but one arrival of brass lamps is shared out, the last waits for a decision."""
    own = Random(SEED)  # noqa: S311  other orders stay what they are
    desk = replace(desk, generator=Generator(products, own), random=own)
    desk.generator.count = 5000  # numbers at the source of their own
    brass, glass, study = (Product.objects.get(sku=sku) for sku in (BRASS, GLASS, SET))

    def ago(days: float) -> datetime:
        return present - timedelta(days=days)

    return [
        (ago(7), _arrives(BRASS, "pune", 10)),
        (ago(6.5), _sent(desk, "web-in", brass, 3)),
        (ago(5.5), _wanted(desk, "distributors", brass, 12, "credit")),
        (ago(5), _wanted(desk, "whatsapp", brass, 4)),
        (ago(3.2), _arrives(BRASS, "pune", 6)),
        (ago(3), _decided(desk, BRASS, "complete", "Who can be sent everything goes first; the shop opens next week")),
        (ago(2.4), _wanted(desk, "bazaar", brass, 3)),
        (ago(2), _wanted(desk, "web-in", study, 2)),
        (ago(1.5), _wanted(desk, "web-in", brass, 2)),
        (ago(0.6), _arrives(BRASS, "pune", 7)),
        (ago(0.2), _wanted(desk, "whatsapp", brass, 1, confirmed=False)),
        (ago(3), _wanted(desk, "phone-au", glass, 4)),
        (ago(2.2), _wanted(desk, "web-au", glass, 3)),
        (ago(1.1), _arrives(GLASS, "pune", 5)),  # nobody in India asks, and Australia is not sent from there
        (ago(0.9), _arrives(GLASS, "melbourne", 5)),
    ]


def watched() -> Story:
    """Every six hours, for the demo, what the house looks at every minute."""
    while True:
        check_levels()
        yield 6


def _arrives(sku: str, location: str, qty: int) -> Story:
    receive_stock(sku, location=location, qty=qty, source=f"GRN-{sku}-{location}-{qty}", actor="system")
    yield from ()


def _wanted(
    desk: Desk, channel: str, product: Product, qty: int, pay: str = "paid", *, confirmed: bool = True
) -> Story:
    number = desk.place(channel, pay, lines=((product, qty),))
    yield 0.5
    if confirmed:
        desk.confirm(number)


def _sent(desk: Desk, channel: str, product: Product, qty: int) -> Story:
    number = desk.place(channel, lines=((product, qty),))
    yield 1
    desk.confirm(number)
    yield from until_sent(desk, number, desk.random)


def _decided(desk: Desk, sku: str, rule: str, reason: str) -> Story:
    seen = picture_of(Product.objects.get(sku=sku)).version
    share_out(sku, rule=rule, seen=seen, reason=reason, actor=desk.staff["owner"])
    yield from ()
