"""Book a counted delivery in: the only way purchased goods become stock."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from inventory.actions.adjust import say
from inventory.actions.purchases._move import keep_incoming, move_purchase, open_supply
from inventory.actions.purchases.count import counted
from inventory.ledger import Posting, lock_levels, post
from inventory.locks import lock_purchase
from inventory.models import MovementKind, PurchaseLine, PurchaseOrder, Receipt
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require


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
    receipt = Receipt.objects.filter(purchase=purchase, booked_at__isnull=True).first()
    here = counted(receipt)
    if receipt is None or not here:
        raise Refused("nothing_counted", "Count at least one unit first.")
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
    receipt.reference, receipt.reason, receipt.is_quarantined = reference.strip()[:80], reason, is_quarantined
    receipt.booked_at, receipt.booked_by = now(), as_actor(actor).name
    receipt.save(update_fields=["reference", "reason", "is_quarantined", "booked_at", "booked_by"])
    purchase.received_at = receipt.booked_at
    _move(purchase, receipt, lines, here, actor)
    _post(purchase, receipt, lines, here, before, actor)
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
                Refusal("reason_missing", f"{line.product.sku}: {missing} are missing. Say why nothing more comes.")
            )
    return found


def _move(
    purchase: PurchaseOrder, receipt: Receipt, lines: list[PurchaseLine], here: Mapping[int, int], actor: Any
) -> None:
    missing = sum(max(line.qty - line.qty_received - line.qty_cancelled, 0) for line in lines)
    move, event = (
        ("receive_part", "inventory.purchase_part_received") if missing else ("receive", "inventory.purchase_received")
    )
    move_purchase(
        purchase, move, event=event, actor=actor, saved=("received_at",), receipt=receipt.number, missing=missing,
        reason=receipt.reason, quarantined=receipt.is_quarantined,
        lines=[{"sku": x.product.sku, "qty": here[x.pk], "of": x.qty} for x in lines if here[x.pk]],
    )  # fmt: skip


def _post(
    purchase: PurchaseOrder, receipt: Receipt, lines: list[PurchaseLine], here: Mapping[int, int],
    before: Counter[tuple[int, int]], actor: Any,
) -> None:  # fmt: skip
    place = purchase.location
    # Three statements touch these rows; taken in their order once, none of them can wait crosswise for somebody.
    lock_levels({(line.product_id, place.pk) for line in lines}, make=True)
    arrived: Counter[int] = Counter()
    for line in lines:
        arrived[line.product_id] += here[line.pk]
    postings = [
        Posting(product, place.pk, on_hand=qty, quarantined=qty if receipt.is_quarantined else 0)
        for product, qty in arrived.items()
        if qty
    ]
    post(postings, kind=MovementKind.RECEIPT, source=receipt.number, actor=actor, reason=f"{purchase.number}")
    keep_incoming(purchase, before)
    if not receipt.is_quarantined:  # nobody is served from quarantine
        for product in {line.product for line in lines if arrived[line.product_id]}:
            say("inventory.received", product, place, actor=actor, qty=arrived[product.pk], source=receipt.number)
