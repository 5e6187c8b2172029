"""Pack: scan each unit, answer at once, close the parcel."""

from typing import Any

from django.db import transaction

from fulfilment.actions._count import count
from fulfilment.actions._move import lock_work, move_row, work_lines
from fulfilment.models import BoxSize, FulfilmentOrder, PackScan, Verdict
from fulfilment.pieces import Piece, known, matching, pieces
from fulfilment.states import AT_DOOR, WorkStatus
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.progress import report_quantities
from orders.models import Order


@transaction.atomic
def scan(number: str, *, code: str, actor: Any) -> str:
    """Put one unit of `code` in the parcel and answer ok, complete, too_many or wrong; every answer is logged.

    A wrong or surplus unit counts nothing. Refuses only when nothing can be packed now or nothing was scanned.
    """
    order, fo = at_table(number)
    code = code.replace("\x00", "").strip()[:80]
    if not code:
        raise Refused("nothing_scanned", "Scan a barcode or type a SKU.")
    every = pieces(row for row in work_lines(fo) if row.qty_picked)
    found = matching(every, code)
    piece = next((p for p in found if p.packed < p.to_pack), None)
    done, asked = sum(p.packed for p in found), sum(p.to_pack for p in found)
    if piece is None:
        verdict = Verdict.TOO_MANY if found else Verdict.WRONG
    else:
        _count(order, piece, every, 1)
        verdict = Verdict.COMPLETE if all(p.packed == p.to_pack for p in every) else Verdict.OK
    PackScan.objects.create(
        fo=fo, fo_line=piece.row if piece else None, code=code, name=found[0].name if found else _name_of(code),
        verdict=verdict, count=done + 1 if found else 0, asked=asked, actor_name=as_actor(actor).name, at=now(),
    )  # fmt: skip
    return verdict.value


@transaction.atomic
def undo_last(number: str, *, actor: Any) -> PackScan:
    """Take the unit counted last out of the parcel again. Refuses when nothing was counted."""
    order, fo = at_table(number)
    last = fo.scans.filter(fo_line__isnull=False, undone_at__isnull=True).first()
    every = pieces(work_lines(fo)) if last else []
    found = [p for p in every if last and p.row.pk == last.fo_line_id and p.packed]
    if last is None or not found:
        raise Refused("nothing_to_undo", "Nothing is counted yet.")
    _count(order, (matching(found, last.code) or found)[0], every, -1)
    last.undone_at = now()
    last.save(update_fields=["undone_at"])
    return last


@transaction.atomic
def describe_parcel(number: str, *, box: str, weight_grams: int | None, actor: Any) -> FulfilmentOrder:
    """Note the box and the weight of the open parcel."""
    _, fo = at_table(number)
    if box and box not in BoxSize.values:
        raise Refused("box_unknown", "Choose the box from the list.")
    if weight_grams is not None and not 0 < weight_grams <= 1_000_000:
        raise Refused("weight_impossible", "A parcel weighs between 1 g and 1,000 kg.")
    fo.box, fo.weight_grams = box, weight_grams
    fo.save(update_fields=["box", "weight_grams"])
    return fo


@transaction.atomic
def finish_pack(number: str, *, actor: Any) -> FulfilmentOrder:
    """Close the parcel. Refuses while picked units are not scanned, and an empty one."""
    _, fo = at_table(number)
    fo.packed_at = now()
    move_row(fo, "finish_pack", machine="fulfilment", event="fulfilment.packed", actor=actor, saved=("packed_at",))
    return fo


@transaction.atomic
def reopen_pack(number: str, *, actor: Any) -> FulfilmentOrder:
    """Open a closed parcel again; its units stay counted. Refuses while a label is on it."""
    _, fo = lock_work(number)
    if label := fo.shipments.filter(status__in=AT_DOOR).first():
        raise Refused("has_label", f"{label.number} is already labelled for it. Cancel that shipment first.")
    move_row(fo, "reopen_pack", machine="fulfilment", event="fulfilment.pack_reopened", actor=actor)
    return fo


def at_table(number: str) -> tuple[Order, FulfilmentOrder]:
    """The locked order and its work, which must be on the packing table."""
    order, fo = lock_work(number)
    if fo.status != WorkStatus.PICKED:
        raise Refused("not_packing", f"{number} is not on the packing table: it is {fo.get_status_display().lower()}.")
    return order, fo


def _count(order: Order, piece: Piece, every: list[Piece], step: int) -> None:
    if units := count(piece, every, "packed", step):
        report_quantities(order, {piece.row.line_id: {"packed": units}})


def _name_of(code: str) -> str:
    product = known(code)
    return product.name if product else ""
