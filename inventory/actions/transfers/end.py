"""End a transfer: call off a draft, recall what still stands at the door, or close short what was lost on the road."""

from collections import Counter
from typing import Any

from django.db import transaction

from inventory.actions._supply import keep_incoming, move_document, open_supply
from inventory.actions.adjust import say
from inventory.actions.arriving import nothing_counted
from inventory.ledger import Posting, lock_levels, post
from inventory.locks import lock_transfer
from inventory.models import MovementKind, Product, Transfer
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@transaction.atomic
def close_transfer(number: str, *, reason: str, actor: Any) -> Transfer:
    """What is still on the road is lost and stops counting as incoming. Stock that left does not come back by itself."""
    transfer = lock_transfer(number)
    if not reason.strip():
        raise Refused("reason_missing", "Say why the rest does not arrive; the write-off rests on it.")
    nothing_counted(transfer)
    before = open_supply(transfer)
    transfer.end_reason, transfer.ended_at = reason.strip()[:300], now()
    move_document(
        transfer, "close", event="inventory.transfer_closed", actor=actor, saved=("end_reason", "ended_at"),
        reason=transfer.end_reason, lost=sum(before.values()), lines=[],
    )  # fmt: skip
    for line in transfer.lines.filter(qty_open__gt=0):
        line.qty_lost += line.qty_open
        line.save(update_fields=["qty_lost"])
    keep_incoming(transfer, before)
    return transfer


@transaction.atomic
def cancel_transfer(number: str, *, reason: str, actor: Any) -> Transfer:
    """Call off a draft; nothing of it has left."""
    transfer = lock_transfer(number)
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is cancelled.")
    transfer.end_reason, transfer.ended_at = reason.strip()[:300], now()
    move_document(
        transfer, "cancel", event="inventory.transfer_cancelled", actor=actor, saved=("end_reason", "ended_at"),
        reason=transfer.end_reason,
    )  # fmt: skip
    return transfer


@transaction.atomic
def recall_transfer(number: str, *, reason: str, actor: Any) -> Transfer:
    """Take a sent transfer back whole before it left: its units are on the shelf of its source again, as if never sent.

    Refuses once anything of it was counted or has arrived; waiting orders are served from what comes back.
    """
    transfer = lock_transfer(number)
    if not reason.strip():
        raise Refused("reason_missing", "Say why it does not leave.")
    nothing_counted(transfer)
    before = open_supply(transfer)
    transfer.end_reason, transfer.ended_at = reason.strip()[:300], now()
    move_document(
        transfer, "recall", event="inventory.transfer_recalled", actor=actor, saved=("end_reason", "ended_at"),
        reason=transfer.end_reason, units=sum(before.values()),
    )  # fmt: skip
    back: Counter[Product] = Counter()
    for line in transfer.lines.select_related("product"):
        back[line.product] += line.qty
    here, there = transfer.source, transfer.location
    lock_levels({(product.pk, place.pk) for product in back for place in (here, there)})
    post(
        [Posting(product.pk, here.pk, on_hand=qty) for product, qty in back.items()],
        kind=MovementKind.TRANSFER, source=recalled(number), actor=actor, reason=transfer.end_reason,
    )  # fmt: skip
    keep_incoming(transfer, before)
    for product, qty in back.items():
        say("inventory.received", product, here, actor=actor, qty=qty, source=number)
    return transfer


def recalled(number: str) -> str:
    """The document under which units of a recalled transfer stand in the ledger; doctor looks for it."""
    return f"{number} recalled"
