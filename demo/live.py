"""The last two weeks, worked on by the demo's staff in working order."""

from datetime import datetime, timedelta
from random import Random

from demo.buying import purchases
from demo.clockwork import Story, tell, workers
from demo.counting import stocktakes
from demo.day import odd_orders
from demo.desk import Desk
from demo.drafts import Generator
from demo.kits import sets_sold
from demo.making import assemblies
from demo.moving import transfers
from demo.ordinary import deliveries, moments, nights, ordinary
from demo.scarce import contests, watched
from demo.sending import sent_by_suppliers
from inventory.models import Product
from oms.access.models import User
from oms.kernel.clock import now
from orders.models import Channel

DAYS, ORDINARY = 11, 54
BUSY = ("web-in", "web-in", "web-au", "web-au", "whatsapp", "bazaar", "bazaar", "phone-au")


def make_live(
    generator: Generator, random: Random, staff: dict[str, User], products: list[Product], size: int, every: int
) -> None:
    """`size` ordinary orders, each odd one (or `every` second, third) on top, and what the house does at night."""
    present = now()
    desk = Desk(generator, random, staff, {c.code: c for c in Channel.objects.all()})
    first = present - timedelta(days=DAYS)
    stories: list[tuple[datetime, Story]] = [
        (first, nights()),
        (first, workers()),
        (first, deliveries(products[9::10], random)),
    ]
    for i, at in enumerate(moments(first, present - timedelta(hours=12), size, random)):
        channel = "distributors" if i % 18 == 7 else random.choice(BUSY)
        stories.append((at, ordinary(desk, channel, random, returned=i % 9 == 4)))
    stories += [(present - timedelta(hours=hours), story) for hours, story in odd_orders(desk, products)[::every]]
    more = purchases(desk, products, present) + transfers(desk, products, present) + sets_sold(desk, present)
    more += sent_by_suppliers(desk, present) + assemblies(desk, products, present)
    more += stocktakes(desk, products, present)
    stories += [*more[::every], *contests(desk, products, present), (first, watched())]
    tell(stories, present)
