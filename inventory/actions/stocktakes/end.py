"""Throw a stocktake away. Nothing of it is posted; what was scanned is kept to be looked at."""

from typing import Any

from django.db import transaction

from inventory.actions.stocktakes._move import move_stocktake
from inventory.locks import lock_stocktake
from inventory.models import Stocktake
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@transaction.atomic
def cancel_stocktake(number: str, *, reason: str, actor: Any) -> Stocktake:
    """Refuses without a reason, and once a part of it is posted."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is thrown away.")
    stocktake = lock_stocktake(number)
    stocktake.ended_at, stocktake.end_reason = now(), reason.strip()[:200]
    move_stocktake(stocktake, "cancel", event="inventory.stocktake_cancelled", actor=actor, reason=stocktake.end_reason)
    return stocktake
