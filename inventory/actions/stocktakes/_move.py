"""What every move of a stocktake shares: make it, save it, say it."""

from typing import Any

from inventory.models import Stocktake
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.lifecycle import require


def move_stocktake(stocktake: Stocktake, move: str, *, event: str, actor: Any, **payload: Any) -> None:
    """Make `move` on the locked stocktake and publish it; Refused with every reason when it is closed."""
    require(stocktake, move)
    source = stocktake.status
    getattr(stocktake, move)()
    stocktake.status_since = now()
    stocktake.save(update_fields=["status", "status_since", "ended_at", "end_reason"])
    publish_move(
        event, subject=stocktake.number, actor=actor, machine="stocktake", move=move, source=source,
        target=stocktake.status, location=stocktake.location.code, **payload,
    )  # fmt: skip
