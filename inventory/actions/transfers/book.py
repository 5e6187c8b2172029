"""Book the arrival of a transfer in: the only way that units on the road become stock again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from inventory.actions._supply import move_document, open_supply
from inventory.actions.arriving import counted_now, shelve, sign
from inventory.locks import lock_transfer
from inventory.models import MovementKind, Transfer, TransferLine, TransferReceipt
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require
from oms.kernel.plural import are


@transaction.atomic
def book_arrival(
    number: str, *, actor: Any, reference: str = "", reason: str = "", is_quarantined: bool = False,
    is_last: bool = False,
) -> TransferReceipt:  # fmt: skip
    """Put what was counted on the shelf, or into quarantine, where the transfer ends.

    `is_last`: nothing more comes; what is missing is lost, which needs a `reason`. Refuses more than was sent: those
    units still stand in the books of the place they left.
    """
    transfer = lock_transfer(number)
    require(transfer, "receive_part")
    receipt, here = counted_now(transfer)
    lines = list(transfer.lines.select_related("product"))
    reason = reason.strip()[:300]
    if wrong := _wrong(transfer, lines, here, reason, is_last=is_last):
        raise Refused.because(wrong)
    before = open_supply(transfer)
    for line in lines:
        line.qty_received += here[line.pk]
        if is_last:
            line.qty_lost += line.qty - line.qty_received - line.qty_lost
        line.save(update_fields=["qty_received", "qty_lost"])
    sign(receipt, reference=reference, reason=reason, is_quarantined=is_quarantined, actor=actor)
    transfer.received_at = receipt.booked_at
    _move(transfer, receipt, lines, here, actor)
    shelve(transfer, receipt, lines, here, before, kind=MovementKind.TRANSFER, actor=actor)
    return receipt


def _wrong(
    transfer: Transfer, lines: list[TransferLine], here: Mapping[int, int], reason: str, *, is_last: bool
) -> list[Refusal]:
    found = []
    for line in lines:
        over = here[line.pk] - line.qty_open
        if over > 0:
            found.append(
                Refusal(
                    "more_than_sent",
                    f"{line.product.sku}: {line.qty_received + here[line.pk]} would be here of {line.qty} sent. Take "
                    f"{over} out of the count; then move them from {transfer.source.name} on the SKU's own page.",
                )
            )
        elif is_last and over < 0 and not reason:
            found.append(
                Refusal(
                    "reason_missing", f"{line.product.sku}: {-over} {are(-over)} missing. Say why nothing more comes."
                )
            )
    return found


def _move(
    transfer: Transfer, receipt: TransferReceipt, lines: list[TransferLine], here: Mapping[int, int], actor: Any
) -> None:
    missing = sum(line.qty - line.qty_received - line.qty_lost for line in lines)
    lost = sum(line.qty_lost for line in lines)
    move = "receive_part" if missing else "close" if lost else "receive"
    event = {"receive_part": "part_received", "receive": "received", "close": "closed"}[move]
    saved = ["received_at"]
    if move != "receive_part":
        transfer.ended_at, transfer.end_reason = now(), receipt.reason if lost else ""
        saved += ["ended_at", "end_reason"]
    move_document(
        transfer, move, event=f"inventory.transfer_{event}", actor=actor, saved=tuple(saved), receipt=receipt.number,
        missing=missing, lost=lost, reason=receipt.reason, quarantined=receipt.is_quarantined,
        lines=[{"sku": x.product.sku, "qty": here[x.pk], "of": x.qty} for x in lines if here[x.pk]],
    )  # fmt: skip
