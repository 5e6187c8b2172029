"""Which odd orders there are: few of each kind, so that every list has something and none is a heap."""

from demo.cases import held, on_the_floor, on_the_road, short, split, waiting
from demo.clockwork import Story
from demo.desk import Desk
from demo.money import cancelled, paid_oddly
from demo.returned import RETURNED
from inventory.models import Product

NEW = ((1, "web-in", "paid"), (2, "whatsapp", "cod"), (3, "phone-au", "authorized"), (2.5, "bazaar", "unpaid"),
       (9, "web-au", "paid"))  # fmt: skip
CONFIRMED = ((6, "web-in", "verify"), (14, "whatsapp", "verify"), (30, "web-au", "verify"), (4, "web-in", "failed"),
             (20, "phone-au", "unpaid"), (10, "whatsapp", "half"), (5, "web-au", "half"), (3, "web-in", "over"),
             (2, "web-in", "paid"), (1.5, "distributors", "credit"), (3.5, "web-au", "paid"))  # fmt: skip
HELD = ((5, "web-in", "address", "PIN code missing"), (26, "web-au", "customer_request", "Away until the weekend", 70),
        (3, "whatsapp", "fraud_check", "Third card tried"), (7, "phone-au", "payment_problem", "Paid in the wrong currency"),
        (4, "web-in", "stock_check", "Shelf count does not match"), (6, "web-au", "customer_request", "Deliver after Friday", 40),
        (5, "distributors", "credit", "₹8,200 over the limit"))  # fmt: skip
FLOOR = ((2, "web-in", "release"), (3, "web-au", "release"), (1.6, "bazaar", "release"), (11, "whatsapp", "release"),
         (2.2, "web-in", "start"), (2.5, "web-in", "part_pick"), (2, "web-au", "part_pick"), (2.4, "bazaar", "pick"),
         (2.8, "web-au", "pick"), (9, "web-in", "pick"), (3, "web-in", "pack"), (4, "phone-au", "pack"),
         (3.4, "bazaar", "pack"), (5, "web-in", "label"), (4.4, "web-au", "label"), (2.6, "web-in", "miss"),
         (3.1, "web-au", "miss"))  # fmt: skip
ROAD = ((30, "web-in", "transit", "cod"), (60, "web-in", "delay", "paid"), (48, "web-au", "out", "paid"),
        (60, "whatsapp", "failed", "cod"), (66, "web-au", "failed", "paid"), (80, "web-in", "rto", "cod"),
        (90, "bazaar", "rto", "paid"), (110, "web-in", "back", "cod"), (130, "web-au", "back", "paid"),
        (200, "web-in", "lost_refunded", "paid"), (60, "web-au", "lost", "paid"))  # fmt: skip
MONEY = ((16, "web-in", "rejected"), (12, "phone-au", "part"), (60, "web-in", "disputed"), (70, "web-au", "disputed"),
         (26, "web-in", "asked"), (40, "web-au", "approved"), (46, "web-in", "sent"), (64, "web-au", "declined"))  # fmt: skip


def odd_orders(desk: Desk, products: list[Product]) -> list[tuple[float, Story]]:
    """(hours ago, story) of every case."""
    scarce, plenty = products[9::10], products[::5]
    return [
        *((h, waiting(desk, c, pay, confirmed=False)) for h, c, pay in NEW),
        *((h, waiting(desk, c, pay)) for h, c, pay in CONFIRMED),
        *((row[0], held(desk, *row[1:])) for row in HELD),  # type: ignore[misc]
        (40, held(desk, "web-in", "address", "Two cities in it", cleared=True)),
        *((h, on_the_floor(desk, c, upto, pay="paid")) for h, c, upto in FLOOR),
        (2.6, on_the_floor(desk, "distributors", "pack", pay="credit")),
        (40, short(desk, "web-in", plenty[0], scarce[0], sent=True)),
        (18, short(desk, "whatsapp", plenty[1], scarce[1], sent=False)),
        (20, short(desk, "web-au", plenty[3], scarce[3], sent=True)),
        (16, short(desk, "whatsapp", None, scarce[0], sent=False)),
        (60, short(desk, "web-au", None, scarce[3], sent=False)),
        (8, split(desk, "web-in", (plenty[4], 2), (products[4], 1))),
        (26, split(desk, "web-in", (plenty[5], 1), (products[4], 2))),
        *((h, on_the_road(desk, c, end, pay)) for h, c, end, pay in ROAD),
        (30, cancelled(desk, "web-in", "paid")),
        (50, cancelled(desk, "web-au", "unpaid", after="")),
        (12, cancelled(desk, "distributors", "credit", part=True)),
        (8, cancelled(desk, "whatsapp", "cod", after="")),
        *((h, paid_oddly(desk, c, kind)) for h, c, kind in MONEY),
        *((hours, story(desk)) for hours, story in RETURNED),
    ]
