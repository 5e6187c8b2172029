"""What the moves of a stocktake share: make it, save it, say it; and that a worker which broke off is no news any more."""

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


def forget_fault(stocktake: Stocktake) -> None:
    """Somebody goes on with the locked stocktake where a worker broke off: that is not said of it any more. The timeline keeps it."""
    stocktake.postings.exclude(error="").update(error="")
