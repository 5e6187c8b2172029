"""Book a counted delivery in: the only way purchased goods become stock."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from inventory.actions._supply import move_document, open_supply
from inventory.actions.arriving import counted_now, shelve, sign
from inventory.locks import lock_purchase
from inventory.models import MovementKind, PurchaseLine, PurchaseOrder, Receipt
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require
from oms.kernel.plural import are


@transaction.atomic
def book_delivery(
    number: str, *, actor: Any, reference: str = "", reason: str = "", is_quarantined: bool = False,
    is_last: bool = False,
) -> Receipt:  # fmt: skip
    """Put what was counted on the shelf, or into quarantine, at the order's location.

    `is_last`: nothing more comes; what is missing stops counting as incoming. Refuses without a `reason` more than
    the supplier's tolerance allows, and a last delivery that leaves units missing.
    """
    purchase = lock_purchase(number)
    require(purchase, "receive_part")
    receipt, here = counted_now(purchase)
    lines = list(purchase.lines.select_related("product"))
    reason = reason.strip()[:300]
    if closed := _unreasoned(purchase, lines, here, reason, is_last=is_last):
        raise Refused.because(closed)
    before = open_supply(purchase)
    for line in lines:
        line.qty_received += here[line.pk]
        if is_last:
            line.qty_cancelled += max(line.qty - line.qty_received - line.qty_cancelled, 0)
        line.save(update_fields=["qty_received", "qty_cancelled"])
    sign(receipt, reference=reference, reason=reason, is_quarantined=is_quarantined, actor=actor)
    purchase.received_at = receipt.booked_at
    _move(purchase, receipt, lines, here, actor)
    shelve(purchase, receipt, lines, here, before, kind=MovementKind.RECEIPT, actor=actor)
    return receipt


def _unreasoned(
    purchase: PurchaseOrder, lines: list[PurchaseLine], here: Mapping[int, int], reason: str, *, is_last: bool
) -> list[Refusal]:
    if reason:
        return []
    found = []
    for line in lines:
        got, most = line.qty_received + here[line.pk], line.qty * (100 + purchase.supplier.over_percent) // 100
        if here[line.pk] and got > most:
            found.append(
                Refusal(
                    "over_delivered",
                    f"{line.product.sku}: {got} would be here of {line.qty} ordered, {got - most} over what "
                    f"{purchase.supplier} may bring. Say why they are kept, or take them out of the count.",
                )
            )
        missing = line.qty - line.qty_cancelled - got
        if is_last and missing > 0:
            found.append(
                Refusal(
                    "reason_missing",
                    f"{line.product.sku}: {missing} {are(missing)} missing. Say why nothing more comes.",
                )
            )
    return found


def _move(
    purchase: PurchaseOrder, receipt: Receipt, lines: list[PurchaseLine], here: Mapping[int, int], actor: Any
) -> None:
    missing = sum(max(line.qty - line.qty_received - line.qty_cancelled, 0) for line in lines)
    move, event = (
        ("receive_part", "inventory.purchase_part_received") if missing else ("receive", "inventory.purchase_received")
    )
    move_document(
        purchase, move, event=event, actor=actor, saved=("received_at",), receipt=receipt.number, missing=missing,
        reason=receipt.reason, quarantined=receipt.is_quarantined,
        lines=[{"sku": x.product.sku, "qty": here[x.pk], "of": x.qty} for x in lines if here[x.pk]],
    )  # fmt: skip
