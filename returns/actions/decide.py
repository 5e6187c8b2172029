"""Answer a request: approve it, decline it, or take a closed door open again."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from oms.kernel.clock import now
from oms.kernel.errors import Refused
from returns.actions._move import move_return
from returns.locks import lock_return
from returns.models import Return
from returns.quantities import still_returnable

PARCEL_WITHIN = timedelta(days=30)


@transaction.atomic
def approve_return(number: str, *, actor: Any, item_expected: bool = True, note: str = "") -> Return:
    """Accept the request. The parcel has 30 days to arrive; without `item_expected` there is nothing to wait for."""
    _, rma = lock_return(number)
    rma.approved_at, rma.decision_note = now(), note.strip()[:500]
    rma.expires_at = rma.approved_at + PARCEL_WITHIN if item_expected else None
    move_return(
        rma, "approve", event="returns.approved", actor=actor, note=rma.decision_note, item_expected=item_expected,
        saved=("approved_at", "decision_note", "expires_at"),
    )  # fmt: skip
    if item_expected:
        move_return(rma, "await_item", event="returns.awaiting_item", actor="system")
    else:
        _waive(rma, actor)
    return rma


@transaction.atomic
def await_item(number: str, *, actor: Any) -> Return:
    """Say that the customer has the instructions and the parcel is expected."""
    _, rma = lock_return(number)
    move_return(rma, "await_item", event="returns.awaiting_item", actor=actor)
    return rma


@transaction.atomic
def waive_item(number: str, *, actor: Any) -> Return:
    """Settle without goods: the customer keeps what is broken or never got what is missing."""
    _, rma = lock_return(number)
    _waive(rma, actor)
    return rma


@transaction.atomic
def decline_return(number: str, *, reason: str, actor: Any) -> Return:
    """Refuse the request with a reason the customer can be told. It can be asked again later."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is declined; the customer will ask.")
    _, rma = lock_return(number)
    rma.decision_note, rma.ended_at = reason.strip()[:500], now()
    move_return(
        rma,
        "decline",
        event="returns.declined",
        actor=actor,
        reason=rma.decision_note,
        saved=("decision_note", "ended_at"),
    )
    return rma


@transaction.atomic
def reopen_return(number: str, *, reason: str, actor: Any) -> Return:
    """Ask a declined, cancelled or expired return again; a closed file goes back to settled.

    Refuses when another return took the units meanwhile.
    """
    if not reason.strip():
        raise Refused("reason_missing", "Say what has changed since the return ended.")
    _, rma = lock_return(number)
    if rma.status == "closed":
        rma.closed_at = None
        move_return(rma, "reopen_file", event="returns.reopened", actor=actor, reason=reason, saved=("closed_at",))
        return rma
    if taken := still_returnable(rma):
        raise Refused("too_many", taken)
    rma.ended_at = rma.approved_at = rma.expires_at = None
    move_return(
        rma,
        "reopen",
        event="returns.reopened",
        actor=actor,
        reason=reason,
        saved=("ended_at", "approved_at", "expires_at"),
    )
    return rma


def _waive(rma: Return, actor: Any) -> None:
    rma.inspected_at, rma.expires_at = now(), None
    move_return(rma, "waive_item", event="returns.item_waived", actor=actor, saved=("inspected_at", "expires_at"))
