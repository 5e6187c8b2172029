"""Let scarce units of a SKU wait for the fair-share desk, everywhere or at some places, or be served from the queue as they come."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from inventory.models import Location, Product
from oms.events.publish import publish
from oms.kernel.errors import Refused


@transaction.atomic
def ration(sku: str, *, on: bool, actor: Any, places: Collection[str] = ()) -> bool:
    """Set whether units of `sku` at `places` (codes; none: everywhere) wait for a decision when more are wanted than there
    are; returns whether any did before.

    While they wait, orders placed later see none of them. Anywhere else, and switched off, the queue is served oldest first.
    """
    product = Product.objects.select_for_update().filter(sku=sku).first()
    if product is None:
        raise Refused("sku_unknown", f"There is no SKU {sku}.")
    at = _ids(places) if on else []
    before = product.is_rationed
    if (before, product.rationed_at) != (on, at):
        product.is_rationed, product.rationed_at = on, at
        product.save(update_fields=["is_rationed", "rationed_at", "updated_at"])
        publish(
            "inventory.rationed", subject=sku[:60], stream=f"product-{product.pk}", actor=actor, sku=sku, on=on,
            places=sorted(places) if on else [],
        )  # fmt: skip
    return before


def _ids(places: Collection[str]) -> list[int]:
    known = dict(Location.objects.ours().filter(code__in=list(places)).values_list("code", "pk"))
    if unknown := sorted(set(places) - known.keys()):
        raise Refused("place_unknown", f"There is no place {', '.join(unknown)[:80]}; choose among those shown.")
    return sorted(known.values())
