"""Let scarce units of a SKU wait for the fair-share desk, or be served from the queue as they come."""

from typing import Any

from django.db import transaction

from inventory.models import Product
from oms.events.publish import publish
from oms.kernel.errors import Refused


@transaction.atomic
def ration(sku: str, *, on: bool, actor: Any) -> bool:
    """Set whether units of `sku` wait for a decision when more are wanted than there are; returns what it was.

    While they wait, orders placed later see none of them. Switched off, the queue is served oldest first.
    """
    product = Product.objects.select_for_update().filter(sku=sku).first()
    if product is None:
        raise Refused("sku_unknown", f"There is no SKU {sku}.")
    before, product.is_rationed = product.is_rationed, on
    if before != on:
        product.save(update_fields=["is_rationed", "updated_at"])
        publish("inventory.rationed", subject=sku[:60], stream=f"product-{product.pk}", actor=actor, sku=sku, on=on)
    return before
