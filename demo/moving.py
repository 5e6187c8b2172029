"""What the demo moves between its own places: a transfer in every state it can be in."""

import uuid
from datetime import datetime, timedelta

from demo.clockwork import Story
from demo.desk import Desk
from inventory.actions.transfers.book import book_arrival
from inventory.actions.transfers.count import count_arrival
from inventory.actions.transfers.draft import Load, draft_transfer
from inventory.actions.transfers.end import cancel_transfer, close_transfer
from inventory.actions.transfers.send import send_transfer
from inventory.models import Product
from oms.kernel.clock import business_date

SPACE = uuid.UUID("0d0f6c0b-6a0e-4c0e-8a59-2b9c5a9d6f11")  # keys of the demo's scans are the same every time


def transfers(desk: Desk, products: list[Product], present: datetime) -> list[tuple[datetime, Story]]:
    """(when it begins, what happens) for each transfer."""
    plenty = [p for i, p in enumerate(products) if i % 10 != 9]

    def ago(days: float) -> datetime:
        return present - timedelta(days=days)

    return [
        (ago(9), moved(desk, "pune", "bengaluru", [(plenty[7], 6), (plenty[8], 4)], "received")),
        (ago(6), moved(desk, "melbourne", "fitzroy", [(plenty[10], 5)], "lost")),
        (ago(5), moved(desk, "bengaluru", "pune", [(plenty[11], 4)], "late", eta=3)),
        (ago(3), moved(desk, "pune", "bengaluru", [(plenty[12], 6), (plenty[13], 4)], "part", eta=4)),
        (ago(2), moved(desk, "melbourne", "fitzroy", [(plenty[14], 4)], "cancelled")),
        (ago(1), moved(desk, "pune", "bengaluru", [(plenty[15], 5)], "counting", eta=2)),
        (ago(0.8), moved(desk, "melbourne", "fitzroy", [(plenty[16], 6), (plenty[17], 2)], "sent", eta=3)),
        (ago(0.2), moved(desk, "pune", "bengaluru", [(plenty[19], 8)], "draft", eta=4)),
    ]


def moved(desk: Desk, source: str, location: str, lines: list[tuple[Product, int]], upto: str, eta: int = 2) -> Story:
    """Written, sent, and then as far as `upto` says. `eta`: expected so many days after it was written."""
    owner, warehouse = desk.staff["owner"], desk.staff["warehouse"]
    number = draft_transfer(
        source=source, location=location, lines=[Load(p.sku, qty) for p, qty in lines],
        eta=business_date() + timedelta(days=eta), note="For the weekend" if upto == "draft" else "", actor=owner,
    ).number  # fmt: skip
    if upto == "draft":
        return
    yield 1
    if upto == "cancelled":
        cancel_transfer(number, reason="The store has enough after all", actor=owner)
        return
    send_transfer(number, actor=warehouse)
    if upto in ("sent", "late"):
        return
    yield 18
    for n, (product, qty) in enumerate(lines[:1] if upto in ("part", "counting") else lines):
        units = qty - 1 if upto in ("part", "counting", "lost") else qty
        count_arrival(number, code=product.sku, qty=units, key=uuid.uuid5(SPACE, f"{number}-{n}"), actor=warehouse)
    if upto == "counting":
        return
    yield 0.2
    book_arrival(number, reference=f"LR-{number[3:]}", actor=warehouse)
    if upto == "lost":
        yield 24
        close_transfer(number, reason="One box was crushed in the van", actor=owner)
