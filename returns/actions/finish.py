"""The ends of a return: close a settled one, cancel one that is not needed, let one lapse."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from returns.actions._move import move_return
from returns.locks import lock_return
from returns.models import Return


@transaction.atomic
def close_return(number: str, *, actor: Any) -> Return:
    """File a settled return."""
    _, rma = lock_return(number)
    rma.closed_at = now()
    move_return(rma, "close", event="returns.closed", actor=actor, saved=("closed_at",))
    return rma


@transaction.atomic
def cancel_return(number: str, *, reason: str, actor: Any) -> Return:
    """Stop a return of which nothing has arrived; the units can be asked back again."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why the return is cancelled.")
    _, rma = lock_return(number)
    rma.ended_at = now()
    move_return(rma, "cancel", event="returns.cancelled", actor=actor, reason=reason.strip()[:500], saved=("ended_at",))
    return rma


@transaction.atomic
def expire_return(number: str, *, actor: Any = "system") -> Return:
    """End an approved return whose parcel never came by its last day. Refuses before that day."""
    _, rma = lock_return(number)
    rma.ended_at = now()
    move_return(rma, "expire", event="returns.expired", actor=actor, saved=("ended_at",))
    return rma
