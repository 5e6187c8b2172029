"""What every change of a purchase order shares: make the move, keep `incoming` true, say it."""

from collections import Counter
from typing import Any

from inventory.ledger import expect
from inventory.models import PurchaseLine, PurchaseOrder
from inventory.states import COMING
from oms.events.publish import publish, publish_move
from oms.kernel.clock import now
from oms.kernel.lifecycle import require

Supply = Counter[tuple[int, int]]  # (product id, location id) -> units on their way
MACHINE = "purchaseorder"


def open_supply(purchase: PurchaseOrder) -> Supply:
    """What a locked purchase order still brings, as its lines in the database say."""
    found: Supply = Counter()
    if purchase.status in COMING:
        for product, qty in purchase.lines.filter(qty_open__gt=0).values_list("product_id", "qty_open"):
            found[product, purchase.location_id] += qty
    return found


def keep_incoming(purchase: PurchaseOrder, before: Supply) -> None:
    """Bring the stock levels' `incoming` from what it was to what it is; the last write before the events."""
    after = open_supply(purchase)
    expect({key: after[key] - before[key] for key in after.keys() | before.keys()})


def move_purchase(
    purchase: PurchaseOrder, move: str, *, event: str, actor: Any, saved: tuple[str, ...] = (), **payload: Any
) -> None:
    """Make `move` on a locked purchase order, save it with `saved` columns and publish `event` with its SKUs.

    Raises Refused with every reason when the move is closed.
    """
    require(purchase, move)
    source = purchase.status
    getattr(purchase, move)()
    if purchase.status != source:
        purchase.status_since = now()
    purchase.version += 1
    purchase.save(update_fields=["status", "status_since", "version", *saved])
    publish_move(
        event, subject=purchase.number, actor=actor, machine=MACHINE, move=move, source=source, target=purchase.status,
        **payload, skus=skus_of(purchase),
    )  # fmt: skip


def say_changed(purchase: PurchaseOrder, event: str, *, actor: Any, **payload: Any) -> None:
    """Publish a change that moves no state; `payload` may name the SKUs it is about."""
    purchase.version += 1
    purchase.save(update_fields=["version"])
    publish(event, subject=purchase.number, actor=actor, **({"skus": skus_of(purchase)} | payload))


def skus_of(purchase: PurchaseOrder) -> list[str]:
    lines = PurchaseLine.objects.filter(purchase=purchase)
    return sorted(set(lines.values_list("product__sku", flat=True)))
