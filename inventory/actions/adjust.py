"""Bring stock in, correct it, and move it through quarantine."""

from typing import Any

from django.db import transaction

from inventory.ledger import Posting, post
from inventory.models import Location, MovementKind, Product
from oms.events.publish import publish
from oms.kernel.errors import Refused


@transaction.atomic
def receive_stock(
    sku: str, *, location: str, qty: int, source: str, actor: Any, reason: str = "", kind: str = MovementKind.RECEIPT
) -> int:
    """Put `qty` units on the shelf at `location` (code); `source` is the delivery's reference, posted once per SKU.

    Returns 1 when it was new, 0 for a replay. Says inventory.received, which serves waiting back-orders.
    """
    if qty <= 0:
        raise Refused("qty_not_positive", "Enter how many units arrived: a whole number above zero.")
    product, place = find(sku, location)
    new = post([Posting(product.pk, place.pk, on_hand=qty)], kind=kind, source=source, actor=actor, reason=reason)
    if new:
        say("inventory.received", product, place, actor=actor, qty=qty, source=source)
    return new


@transaction.atomic
def adjust_stock(sku: str, *, location: str, delta: int, source: str, reason: str, actor: Any) -> int:
    """Correct on-hand by `delta` units with a reason. Refuses to take units that are promised to orders."""
    if not delta:
        raise Refused("no_change", "Enter a correction other than zero.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why the stock is corrected; the ledger keeps it.")
    product, place = find(sku, location)
    new = post(
        [Posting(product.pk, place.pk, on_hand=delta)],
        kind=MovementKind.ADJUSTMENT,
        source=source,
        actor=actor,
        reason=reason,
    )
    if new:
        name = "inventory.received" if delta > 0 else "inventory.adjusted"
        say(name, product, place, actor=actor, qty=delta, source=source, reason=reason)
    return new


def quarantine_return(product_id: int, location_id: int, qty: int, *, source: str, actor: Any) -> None:
    """A returned item is in the building but nobody may sell it yet."""
    post(
        [Posting(product_id, location_id, on_hand=qty, quarantined=qty)],
        kind=MovementKind.RETURN,
        source=source,
        actor=actor,
    )


@transaction.atomic
def release_quarantine(
    product_id: int, location_id: int, qty: int, *, disposition: str, source: str, actor: Any, reason: str = ""
) -> int:
    """After inspection: `restock` makes units sellable, `damage` keeps them apart, `scrap` takes them off the books,
    `send_back` lets them leave the building to the customer they belong to.

    Returns 1 when it was new, 0 for a replay. Sellable again is as good as received: waiting orders are served.
    """
    changes: dict[str, tuple[str, Posting]] = {
        "restock": (MovementKind.RESTOCK, Posting(product_id, location_id, quarantined=-qty)),
        "damage": (MovementKind.DAMAGE, Posting(product_id, location_id, quarantined=-qty, damaged=qty)),
        "scrap": (MovementKind.SCRAP, Posting(product_id, location_id, on_hand=-qty, quarantined=-qty)),
        "send_back": (MovementKind.ISSUE, Posting(product_id, location_id, on_hand=-qty, quarantined=-qty)),
    }
    kind, posting = changes[disposition]
    new = post([posting], kind=kind, source=source, actor=actor, reason=reason)
    if new and disposition == "restock":
        product, place = Product.objects.get(pk=product_id), Location.objects.get(pk=location_id)
        say("inventory.received", product, place, actor=actor, qty=qty, source=source)
    return new


def say(name: str, product: Product, place: Location, *, actor: Any, **facts: Any) -> None:
    """Publish a fact about one level, whose row the caller has locked.

    The stream is the level and not the SKU: two places of one SKU change at once, and a stream has one writer.
    """
    stream = f"stock-{product.pk}-{place.pk}"
    publish(name, subject=product.sku[:60], stream=stream, actor=actor, sku=product.sku, location=place.code, **facts)


def find(sku: str, location: str) -> tuple[Product, Location]:
    """The product and location by their public codes; raises Refused naming the one that does not exist."""
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise Refused("sku_unknown", f"There is no SKU {sku}.")
    place = Location.objects.filter(code=location).first()
    if place is None:
        raise Refused("location_unknown", f"There is no location {location}.")
    return product, place
