"""Keep units of a product back from one channel, so that it never sells the last ones."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from inventory.ledger import lock_levels
from inventory.models import KitPart, Product, SafetyStock, StockLevel
from oms.events.publish import publish
from oms.kernel.errors import Refused

MOST = 1_000_000


@transaction.atomic
def keep_back(sku: str, *, channel: str, qty: int, actor: Any) -> int:
    """Set the safety stock of `sku` on `channel` (code), in units; returns what it was."""
    if not 0 <= qty <= MOST:
        raise Refused("qty_impossible", f"Enter how many units to keep back: 0 to {MOST:,}.")
    product = Product.objects.select_for_update().filter(sku=sku).first()  # the lock of the product's buffers
    if product is None:
        raise Refused("sku_unknown", f"There is no SKU {sku}.")
    # Nobody claims between two numbers: whoever holds the levels goes by the one that was true when they were taken.
    shelves = StockLevel.objects.filter(
        Q(product=product) | Q(product__in=KitPart.objects.filter(kit=product).values("product"))
    )
    lock_levels(shelves.values_list("product_id", "location_id"))
    row = SafetyStock.objects.filter(product=product, channel=channel).first() or SafetyStock(
        product=product, channel=channel
    )
    before, row.qty = row.qty, qty
    if before != qty:
        row.save()
        publish(
            "inventory.kept_back", subject=sku[:60], stream=f"product-{product.pk}", actor=actor, sku=sku,
            channel=channel, qty=qty, before=before,
        )  # fmt: skip
    return before
