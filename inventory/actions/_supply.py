"""What every change of a document of supply shares: make the move, keep `incoming` true, say it."""

from collections import Counter
from typing import Any

from inventory.ledger import expect
from inventory.models import PurchaseOrder, Transfer
from inventory.states import COMING
from oms.events.publish import publish, publish_move
from oms.kernel.clock import now
from oms.kernel.lifecycle import require

Supply = Counter[tuple[int, int]]  # (product id, location id) -> units on their way
Document = PurchaseOrder | Transfer  # both have lines with `qty_open`, and a `location` where they arrive


def open_supply(document: Document) -> Supply:
    """What a locked document still brings, as its lines in the database say."""
    found: Supply = Counter()
    if document.status in COMING and not getattr(document, "order_number", ""):  # that goes to a customer, not to us
        for product, qty in document.lines.filter(qty_open__gt=0).values_list("product_id", "qty_open"):
            found[product, document.location_id] += qty
    return found


def keep_incoming(document: Document, before: Supply) -> None:
    """Bring the stock levels' `incoming` from what it was to what it is; the last write before the events."""
    after = open_supply(document)
    expect({key: after[key] - before[key] for key in after.keys() | before.keys()})


def move_document(
    document: Document, move: str, *, event: str, actor: Any, saved: tuple[str, ...] = (), **payload: Any
) -> None:
    """Make `move` on a locked document, save it with `saved` columns and publish `event` with its SKUs.

    Raises Refused with every reason when the move is closed.
    """
    require(document, move)
    source = document.status
    getattr(document, move)()
    if document.status != source:
        document.status_since = now()
    document.version += 1
    document.save(update_fields=["status", "status_since", "version", *saved])
    publish_move(
        event, subject=document.number, actor=actor, machine=machine(document), move=move, source=source, target=document.status,
        **payload, skus=skus_of(document),
    )  # fmt: skip


def say_changed(document: Document, event: str, *, actor: Any, **payload: Any) -> None:
    """Publish a change that moves no state; `payload` may name the SKUs it is about."""
    document.version += 1
    document.save(update_fields=["version"])
    publish(event, subject=document.number, actor=actor, **({"skus": skus_of(document)} | payload))


def skus_of(document: Document) -> list[str]:
    return sorted(set(document.lines.values_list("product__sku", flat=True)))


def machine(document: Document) -> str:
    """What the state machine is called in events and in docs/states.md."""
    return str(document._meta.model_name)
