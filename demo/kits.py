"""Sets the demo sells: kept as components, sold as one. One order of them in every kind of trouble and in none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from demo.clockwork import Story
from demo.desk import Desk
from fulfilment.actions import pick
from inventory.actions.recipe import Part, set_recipe
from inventory.models import Product
from oms.access.models import User

# SKU, name, price, ((place in the list of products, units in one set), ...); the spice tin in red is scarce
SETS = (
    ("SET-TEA", "Tea for four", 1890, ((10, 1), (26, 4), (30, 1))),
    ("SET-LUNCH", "Lunch to go", 1490, ((2, 1), (6, 1), (34, 2))),
    ("SET-MASALA", "Masala starter", 990, ((39, 2), (22, 1))),
)


def make_kits(products: Sequence[Product], staff: dict[str, User]) -> None:
    for sku, name, price, parts in SETS:
        Product.objects.create(sku=sku, name=name, price=Decimal(price))
        set_recipe(sku, parts=[Part(products[i].sku, qty) for i, qty in parts], actor=staff["owner"])


def sets_sold(desk: Desk, present: datetime) -> list[tuple[datetime, Story]]:
    """(when it is ordered, what happens)."""
    tea, lunch, masala = (Product.objects.get(sku=sku) for sku, *_ in SETS)
    return [
        (present - timedelta(days=4), _sold(desk, "web-au", tea, 1, "delivered")),
        (present - timedelta(days=1), _sold(desk, "web-in", lunch, 2, "packed")),
        (present - timedelta(hours=9), _sold(desk, "web-in", tea, 2, "picking")),
        (present - timedelta(hours=7), _sold(desk, "whatsapp", masala, 6, "confirmed")),
        (present - timedelta(hours=3), _sold(desk, "web-in", lunch, 1, "new")),
    ]


def _sold(desk: Desk, channel: str, kit: Product, qty: int, upto: str) -> Story:
    number = desk.place(channel, lines=((kit, qty),))
    if upto == "new":
        return
    yield 1
    desk.confirm(number)
    if upto == "confirmed":
        return
    desk.release(number)
    yield 1
    desk.start_pick(number)
    if upto == "picking":  # the kettles are on the cart, the cups are not
        for fo in desk.work(number, "picking"):
            first = kit.parts.select_related("product").order_by("pk")[0]
            pick.pick_line(fo.number, code=first.product.sku, qty=qty, actor=desk.staff["warehouse"])
        return
    desk.finish_pick(number)
    yield 0.5
    desk.pack(number)
    if upto == "packed":
        return
    desk.ship(number)
    yield 30
    desk.deliver(number)
