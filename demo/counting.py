"""What the demo counts: a shelf in Pune this morning, one unit short and one SKU not scanned, to be looked at and posted."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from demo.clockwork import Story
from demo.desk import Desk
from inventory.actions.stocktakes.finish import finish_counting
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.scan import count_units
from inventory.models import Product, StockLevel
from inventory.shelves import Work, work_on

SPACE = uuid.UUID("3f6a8f0e-53f4-4c57-9d0b-4f6b3c1f9a20")  # keys of the demo's scans are the same every time


def stocktakes(desk: Desk, products: Sequence[Product], present: datetime) -> list[tuple[datetime, Story]]:
    """(when it begins, what happens) for each."""
    return [(present - timedelta(hours=5), _counted(desk, products[20:26]))]


def _counted(desk: Desk, shelf: Sequence[Product]) -> Story:
    warehouse = desk.staff["warehouse"]
    number = open_stocktake(
        "pune", scope="list", skus=[p.sku for p in shelf], note="Aisle 3", actor=warehouse
    ).number  # fmt: skip
    for n, product in enumerate(shelf[:-1]):
        yield 0.1
        units = max(_lying(product) - (n == 1), 0)
        count_units(number, code=product.sku, qty=units, key=uuid.uuid5(SPACE, product.sku), actor=warehouse)
    yield 0.1
    finish_counting(number, actor=warehouse)


def _lying(product: Product) -> int:
    level = StockLevel.objects.filter(product=product, location__code="pune").first()
    if level is None:
        return 0
    return level.on_hand - work_on([product.pk], level.location_id).get(product.pk, Work()).taken
