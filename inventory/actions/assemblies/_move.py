"""What every move of an assembly shares: make it, save it, keep `incoming` true, say it."""

from typing import Any

from inventory.ledger import expect
from inventory.models import Assembly
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require

SAVED = ("status", "status_since", "qty_done", "qty_cancelled", "started_at", "ended_at", "end_reason")


def move_assembly(assembly: Assembly, move: str, *, event: str, actor: Any, **payload: Any) -> None:
    """Make `move` on the locked assembly and publish it with its SKU; Refused with every reason when it is closed."""
    require(assembly, move)
    source = assembly.status
    getattr(assembly, move)()
    if assembly.status != source:
        assembly.status_since = now()
    assembly.save(update_fields=SAVED)
    publish_move(
        event, subject=assembly.number, actor=actor, machine="assembly", move=move, source=source,
        target=assembly.status, skus=[assembly.product.sku], **payload,
    )  # fmt: skip


def come(assembly: Assembly, units: int) -> None:
    """So many more (or fewer) units of its product are on their way to its place."""
    expect({(assembly.product_id, assembly.location_id): units})


def because(reason: str, sentence: str) -> str:
    if not reason.strip():
        raise Refused("reason_missing", sentence)
    return reason.strip()[:300]
