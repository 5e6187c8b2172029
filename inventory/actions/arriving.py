"""Count what arrives scan by scan, and put it on the shelf: the same for a supplier's delivery and a transfer.

The documents differ in their models, not in their shape: `receipts` with `scans`, `lines` with `qty_open`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Sum

from inventory.actions._supply import Document, Supply, keep_incoming
from inventory.actions.adjust import say
from inventory.ledger import Posting, lock_levels, post
from inventory.models import Product, ReceiptVerdict
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from oms.kernel.numbers import next_number

MOST = 100_000
V = ReceiptVerdict


def count_into(document: Document, *, code: str, key: UUID, qty: int, actor: Any, also: Collection[int] = ()) -> str:
    """Count `qty` units of `code` on a locked document; answer ok, complete, over or wrong.

    `also` are products the code means besides the one of that SKU or barcode. The same `key` counts once.
    """
    if done := document.receipts.filter(scans__key=key).first():
        return done.scans.get(key=key).verdict
    require(document, "receive_part")
    code = code.replace("\x00", "").strip()[:80]
    if not code:
        raise Refused("nothing_scanned", "Scan a barcode or type a SKU.")
    if not 0 < qty <= MOST:
        raise Refused("qty_impossible", f"Enter how many units: 1 to {MOST:,}.")
    receipt, who = open_receipt(document, actor), as_actor(actor).name
    meant = _meant(code) | set(also)
    lines = [line for line in document.lines.select_related("product") if line.product_id in meant]
    if not lines:
        _scan(receipt, None, key, code, qty, V.WRONG, who)
        return V.WRONG.value
    return _count(document, receipt, lines, key, code, qty, who)


def undo_last(document: Document) -> Any:
    """Take back what was counted last on a locked document. Refuses when nothing is counted."""
    receipt: Any = document.receipts.filter(booked_at__isnull=True).first()
    last = receipt.scans.filter(line__isnull=False, undone_at__isnull=True).first() if receipt else None
    if last is None:
        raise Refused("nothing_to_undo", "Nothing is counted yet.")
    last.undone_at = now()
    last.save(update_fields=["undone_at"])
    return last


def open_receipt(document: Document, actor: Any) -> Any:
    """The delivery being counted, or a new one; the document is locked."""
    found = document.receipts.filter(booked_at__isnull=True).first()
    return found or document.receipts.create(
        number=next_number("inventory_receipt_seq", "RCV"), started_at=now(), started_by=as_actor(actor).name
    )


def counted(receipt: Any) -> Counter[int]:
    """Units counted per line of a delivery."""
    if receipt is None:
        return Counter()
    rows = receipt.scans.filter(line__isnull=False, undone_at__isnull=True).order_by().values_list("line")
    return Counter(dict(rows.annotate(n=Sum("qty"))))


def counted_now(document: Document) -> tuple[Any, Counter[int]]:
    """The open delivery of a locked document and what is counted of it. Refuses when nothing is counted."""
    receipt = document.receipts.filter(booked_at__isnull=True).first()
    here = counted(receipt)
    if receipt is None or not here:
        raise Refused("nothing_counted", "Count at least one unit first.")
    return receipt, here


def nothing_counted(document: Document) -> None:
    receipt: Any = document.receipts.filter(booked_at__isnull=True).first()
    if counted(receipt):
        raise Refused("being_counted", f"{receipt.number} is being counted. Book it in or take the units out first.")


def sign(receipt: Any, *, reference: str, reason: str, is_quarantined: bool, actor: Any) -> None:
    """Mark a delivery as booked in, with what was written on it."""
    receipt.reference, receipt.reason, receipt.is_quarantined = reference.strip()[:80], reason, is_quarantined
    receipt.booked_at, receipt.booked_by = now(), as_actor(actor).name
    receipt.save(update_fields=["reference", "reason", "is_quarantined", "booked_at", "booked_by"])


def shelve(
    document: Document, receipt: Any, lines: Sequence[Any], here: Mapping[int, int], before: Supply, *, kind: str,
    actor: Any,
) -> None:  # fmt: skip
    """Post what a delivery brought at the document's location, and take it off what is incoming; the last writes."""
    place = document.location
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
    post(postings, kind=kind, source=receipt.number, actor=actor, reason=f"{document.number}")
    keep_incoming(document, before)
    if not receipt.is_quarantined:  # nobody is served from quarantine
        for product in {line.product for line in lines if arrived[line.product_id]}:
            say("inventory.received", product, place, actor=actor, qty=arrived[product.pk], source=receipt.number)


def _count(document: Document, receipt: Any, lines: Sequence[Any], key: UUID, code: str, qty: int, who: str) -> str:
    here = counted(receipt)
    room = {line.pk: max(line.qty_open - here[line.pk], 0) for line in lines}
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
    if verdict == V.OK and all(line.qty_open <= here[line.pk] for line in document.lines.all()):
        verdict = V.COMPLETE
        receipt.scans.filter(key=key).update(verdict=verdict)
    return verdict.value


def _scan(receipt: Any, line: Any, key: UUID, code: str, qty: int, verdict: str, who: str) -> None:
    name = line.product.name if line else _name_of(code)
    receipt.scans.create(line=line, key=key, code=code, name=name, qty=qty, verdict=verdict, actor_name=who, at=now())


def _meant(code: str) -> set[int]:
    """Products that a scanned or typed code may mean."""
    meant = set(Product.objects.filter(sku__iexact=code).values_list("pk", flat=True))
    return meant | set(Product.objects.filter(barcode=code).values_list("pk", flat=True))


def _name_of(code: str) -> str:
    known = Product.objects.filter(sku__iexact=code).first() or Product.objects.filter(barcode=code).first()
    return known.name if known else ""
