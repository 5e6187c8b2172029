"""Count a delivery scan by scan. Nothing of it is stock before it is booked in."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum

from inventory.locks import lock_purchase
from inventory.models import Product, PurchaseLine, PurchaseOrder, Receipt, ReceiptScan, ReceiptVerdict, SupplierItem
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.numbers import next_number

MOST = 100_000
V = ReceiptVerdict


@transaction.atomic
def count_delivery(number: str, *, code: str, key: UUID, actor: Any, qty: int = 1) -> str:
    """Count `qty` units of `code` (barcode, SKU or the supplier's code); answer ok, complete, over or wrong.

    Sent again with the same `key` it counts nothing and answers the same. What is not on the order counts nothing.
    Refuses only when nothing can arrive now, or nothing was scanned.
    """
    purchase = lock_purchase(number)
    if scanned := ReceiptScan.objects.filter(key=key, receipt__purchase=purchase).first():
        return scanned.verdict
    require(purchase, "receive_part")
    code = code.replace("\x00", "").strip()[:80]
    if not code:
        raise Refused("nothing_scanned", "Scan a barcode or type a SKU.")
    if not 0 < qty <= MOST:
        raise Refused("qty_impossible", f"Enter how many units: 1 to {MOST:,}.")
    receipt, who = open_receipt(purchase, actor), as_actor(actor).name
    lines = [line for line in purchase.lines.select_related("product") if line.product_id in _meant(purchase, code)]
    if not lines:
        _scan(receipt, None, key, code, qty, V.WRONG, who)
        return V.WRONG.value
    return _count(purchase, receipt, lines, key, code, qty, who)


@transaction.atomic
def undo_count(number: str, *, actor: Any) -> ReceiptScan:
    """Take back what was counted last. Refuses when nothing is counted."""
    purchase = lock_purchase(number)
    receipt = Receipt.objects.filter(purchase=purchase, booked_at__isnull=True).first()
    last = receipt.scans.filter(line__isnull=False, undone_at__isnull=True).first() if receipt else None
    if last is None:
        raise Refused("nothing_to_undo", "Nothing is counted yet.")
    last.undone_at = now()
    last.save(update_fields=["undone_at"])
    return last


def open_receipt(purchase: PurchaseOrder, actor: Any) -> Receipt:
    """The delivery being counted, or a new one; the purchase order is locked."""
    found = Receipt.objects.filter(purchase=purchase, booked_at__isnull=True).first()
    return found or Receipt.objects.create(
        number=next_number("inventory_receipt_seq", "RCV"), purchase=purchase, started_at=now(),
        started_by=as_actor(actor).name,
    )  # fmt: skip


def counted(receipt: Receipt | None) -> Counter[int]:
    """Units counted per purchase line of a delivery."""
    if receipt is None:
        return Counter()
    rows = receipt.scans.filter(line__isnull=False, undone_at__isnull=True).order_by().values_list("line")
    return Counter(dict(rows.annotate(n=Sum("qty"))))


def _count(
    purchase: PurchaseOrder, receipt: Receipt, lines: list[PurchaseLine], key: UUID, code: str, qty: int, who: str
) -> str:
    here = counted(receipt)
    room = {line.pk: max(line.qty - line.qty_cancelled - line.qty_received - here[line.pk], 0) for line in lines}
    left, verdict = qty, V.OK
    for line in lines:  # a SKU may stand on several lines: fill them in order
        take = min(left, room[line.pk])
        if take:
            _scan(receipt, line, key if left == qty else uuid5(key, str(line.pk)), code, take, V.OK, who)
            left -= take
    if left:
        verdict = V.OVER
        _scan(receipt, lines[-1], key if left == qty else uuid5(key, "over"), code, left, V.OVER, who)
    here = counted(receipt)
    if verdict == V.OK and all(line.qty_open <= here[line.pk] for line in purchase.lines.all()):
        verdict = V.COMPLETE
        receipt.scans.filter(key=key).update(verdict=verdict)
    return verdict.value


def _scan(receipt: Receipt, line: PurchaseLine | None, key: UUID, code: str, qty: int, verdict: str, who: str) -> None:
    name = line.product.name if line else _name_of(code)
    ReceiptScan.objects.create(
        receipt=receipt, line=line, key=key, code=code, name=name, qty=qty, verdict=verdict, actor_name=who, at=now()
    )


def _meant(purchase: PurchaseOrder, code: str) -> set[int]:
    """Products that a scanned or typed code may mean for this supplier."""
    meant = set(Product.objects.filter(sku__iexact=code).values_list("pk", flat=True))
    meant |= set(Product.objects.filter(barcode=code).values_list("pk", flat=True))
    theirs = SupplierItem.objects.filter(supplier=purchase.supplier_id, code__iexact=code)
    return meant | set(theirs.values_list("product_id", flat=True))


def _name_of(code: str) -> str:
    known = Product.objects.filter(sku__iexact=code).first() or Product.objects.filter(barcode=code).first()
    return known.name if known else ""
