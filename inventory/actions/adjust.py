"""Bring stock in, correct it, and move it through quarantine."""

from typing import Any

from django.db import transaction

from inventory.kits import Parts, recipes
from inventory.ledger import Posting, post
from inventory.models import Location, MovementKind, Product
from oms.events.publish import publish
from oms.kernel.errors import Refused

# disposition -> (kind of movement, change of on-hand per unit, change of damaged per unit); quarantine is left by all
CHANGES: dict[str, tuple[str, int, int]] = {
    "restock": (MovementKind.RESTOCK, 0, 0),
    "damage": (MovementKind.DAMAGE, 0, 1),
    "scrap": (MovementKind.SCRAP, -1, 0),
    "send_back": (MovementKind.ISSUE, -1, 0),
}


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


def quarantine_return(
    product_id: int, location_id: int, qty: int, *, source: str, actor: Any, line_id: int = 0
) -> None:  # fmt: skip
    """A returned item is in the building but nobody may sell it yet. A kit comes back as what line `line_id` was sold with."""
    post(
        [
            Posting(product, location_id, on_hand=qty * each, quarantined=qty * each)
            for product, each in _each(product_id, line_id)
        ],
        kind=MovementKind.RETURN,
        source=source,
        actor=actor,
    )


def _each(product_id: int, line_id: int) -> Parts:
    return recipes({line_id: product_id}).get(line_id, ((product_id, 1),))


@transaction.atomic
def release_quarantine(
    product_id: int, location_id: int, qty: int, *, disposition: str, source: str, actor: Any, reason: str = "",
    line_id: int = 0,
) -> int:  # fmt: skip
    """After inspection: `restock` makes units sellable, `damage` keeps them apart, `scrap` takes them off the books,
    `send_back` lets them leave the building to the customer they belong to.

    Returns 1 when it was new, 0 for a replay. Sellable again is as good as received: waiting orders are served. Of a kit
    every component of the units goes there, by the recipe of line `line_id`.
    """
    kind, on_hand, damaged = CHANGES[disposition]
    taken = {product: qty * each for product, each in _each(product_id, line_id)}
    postings = [
        Posting(product, location_id, on_hand=on_hand * units, quarantined=-units, damaged=damaged * units)
        for product, units in taken.items()
    ]
    new = post(postings, kind=kind, source=source, actor=actor, reason=reason)
    if new and disposition == "restock":
        place, products = Location.objects.get(pk=location_id), Product.objects.in_bulk(taken)
        for product, units in taken.items():
            say("inventory.received", products[product], place, actor=actor, qty=units, source=source)
    return min(new, 1)


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
    return product, find_place(location)


def find_place(location: str) -> Location:
    """One of our places by its code; raises Refused when there is none."""
    place = Location.objects.ours().filter(code=location).first()
    if place is None:
        raise Refused("location_unknown", f"There is no location {location}.")
    return place
