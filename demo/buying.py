"""What the demo buys: three suppliers, and a purchase order in every state it can be in."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from demo.clockwork import Story
from demo.desk import Desk
from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery
from inventory.actions.purchases.draft import Wish, draft_purchase
from inventory.actions.purchases.end import cancel_purchase, close_purchase
from inventory.actions.purchases.eta import Expected, set_etas
from inventory.actions.purchases.send import send_purchase
from inventory.actions.purchases.supplier import keep_items
from inventory.models import Product, Supplier
from oms.kernel.clock import business_date

SUPPLIERS = (
    # code, name, currency, lead days, minimum, per cent more accepted
    ("sahyadri", "Sahyadri Metalworks", "INR", 9, 20_000, 5),
    ("kaveri", "Kaveri Clay and Cane", "INR", 14, 8_000, 0),
    ("yarra", "Yarra Homewares", "AUD", 6, 250, 2),
)
SPACE = uuid.UUID("5b1b5a52-2f0e-4f43-9f55-6d6f6e6f6d73")  # keys of the demo's scans are the same every time


def make_suppliers(products: list[Product]) -> None:
    """Every product has a supplier in India, every second one in Australia too."""
    for code, name, currency, days, minimum, over in SUPPLIERS:
        supplier = Supplier.objects.create(
            code=code, name=name, currency=currency, lead_days=days, minimum=minimum, over_percent=over,
            email=f"orders@{code}.example",
        )  # fmt: skip
        share, factor = (products[::2] + products[39:], 100) if code == "yarra" else (products[:24], 2)
        if code == "kaveri":
            share = products[24:]
        keep_items(
            supplier,
            [(p.sku, f"{code[:2].upper()}-{p.pk:04}", round((p.price or Decimal(100)) / factor, 2), 6) for p in share],
        )


def purchases(desk: Desk, products: list[Product], present: datetime) -> list[tuple[datetime, Story]]:
    """(when it begins, what happens) for each purchase order."""
    scarce, plenty = products[9::10], [p for i, p in enumerate(products) if i % 10 != 9]

    def ago(days: float) -> datetime:
        return present - timedelta(days=days)

    return [
        (ago(10), bought(desk, "sahyadri", "pune", [(plenty[0], 60), (plenty[1], 24)], "closed")),
        (ago(9), bought(desk, "yarra", "melbourne", [(plenty[2], 36)], "received")),
        (ago(8), bought(desk, "kaveri", "bengaluru", [(plenty[26], 40), (plenty[27], 12)], "part")),
        (ago(7), bought(desk, "sahyadri", "pune", [(scarce[0], 24), (plenty[3], 30)], "late", eta=5)),
        (ago(2), bought(desk, "sahyadri", "pune", [(scarce[1], 30)], "moved", eta=6)),
        (ago(2.5), bought(desk, "yarra", "melbourne", [(scarce[3], 30), (plenty[4], 12)], "sent", eta=8)),
        (ago(3), bought(desk, "sahyadri", "pune", [(scarce[3], 12)], "cancelled")),
        (ago(2), bought(desk, "kaveri", "pune", [(plenty[25], 48)], "quarantined")),
        (ago(1), bought(desk, "sahyadri", "pune", [(plenty[5], 18), (plenty[6], 18)], "counting")),
        (ago(0.3), bought(desk, "kaveri", "bengaluru", [(plenty[28], 24), (scarce[3], 24)], "draft")),
    ]


def bought(
    desk: Desk, supplier: str, location: str, lines: list[tuple[Product, int]], upto: str, eta: int | None = None
) -> Story:
    """Written, sent, and then as far as `upto` says. `eta`: expected so many days after it was written."""
    owner, warehouse = desk.staff["owner"], desk.staff["warehouse"]
    day = business_date() + timedelta(days=eta) if eta else None
    number = draft_purchase(
        supplier=supplier, location=location, lines=[Wish(p.sku, qty, None, day) for p, qty in lines], actor=owner
    ).number
    if upto == "draft":
        return
    yield 2
    purchase = send_purchase(number, actor=owner)
    yield 43 if upto == "moved" else 12
    if upto == "cancelled":
        cancel_purchase(number, reason="The supplier has stopped making it", actor=owner)
        return
    if upto == "moved":
        days = {x.pk: Expected(x.eta and x.eta + timedelta(days=5), True) for x in purchase.lines.all()}
        set_etas(number, days, reason="The kiln is down until Thursday", actor=owner)
        return
    if upto in ("late", "sent"):
        if upto == "sent":
            set_etas(number, {x.pk: Expected(x.eta, True) for x in purchase.lines.all()}, actor=owner)
        return
    for n, (product, qty) in enumerate(lines[:1] if upto in ("part", "counting") else lines):
        units = qty - 6 if upto in ("part", "counting") else qty
        count_delivery(number, code=product.sku, qty=units, key=uuid.uuid5(SPACE, f"{number}-{n}"), actor=warehouse)
    if upto == "counting":
        return
    yield 0.2
    book_delivery(
        number, reference=f"DN-{number[3:]}", is_quarantined=upto == "quarantined", actor=warehouse,
    )  # fmt: skip
    if upto == "closed":
        yield 24
        close_purchase(number, actor=owner)
