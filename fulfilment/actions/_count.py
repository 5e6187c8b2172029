"""Count units of a product on a line of work. Of a kit, whole ones count on the line; the rest waits beside it."""

from collections.abc import Iterable, Sequence

from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine, LoosePart
from fulfilment.pieces import Piece
from inventory.kits import recipes


def count(piece: Piece, found: Sequence[Piece], what: str, step: int) -> int:
    """Add `step` units of `piece` to what is `picked` or `packed`; return by how much the line's own count changed.

    `found` are the pieces of the whole work. A step back may open a kit that was whole.
    """
    row, column = piece.row, f"qty_{what}"
    if not piece.in_kit:
        units = step
    else:
        kit = [p for p in found if p.row.pk == row.pk]
        loose = {p.product.pk: p.loose.get(what, 0) for p in kit}
        loose[piece.product.pk] += step
        units = min(loose[p.product.pk] // p.each for p in kit)  # below zero: so many whole ones are opened
        for p in kit:
            _keep(row, p, what, loose[p.product.pk] - units * p.each)
    if units:
        setattr(row, column, getattr(row, column) + units)
        row.save(update_fields=[column])
    return units


def _keep(row: FulfilmentOrderLine, piece: Piece, what: str, units: int) -> None:
    piece.loose = {**piece.loose, what: units}
    if any(piece.loose.values()):
        LoosePart.objects.update_or_create(row=row, product=piece.product, defaults=dict(piece.loose))
    else:
        LoosePart.objects.filter(row=row, product=piece.product).delete()


def drop_loose(fo: FulfilmentOrder) -> None:
    """What was taken for kits that never became whole goes back on the shelf."""
    LoosePart.objects.filter(row__fo=fo).delete()


def trim_loose(rows: Iterable[FulfilmentOrderLine]) -> None:
    """After `rows` were cut: loose components that no kit of theirs needs any more go back on the shelf."""
    left = {row.pk: row for row in rows}
    loose = list(LoosePart.objects.filter(row__in=list(left)))
    parts = recipes({left[x.row_id].line_id: left[x.row_id].product_id for x in loose})
    for x in loose:
        row = left[x.row_id]
        each = dict(parts.get(row.line_id, ())).get(x.product_id, 0)
        picked = min(x.picked, (row.qty - row.qty_picked) * each)
        packed = min(x.packed, (row.qty_picked - row.qty_packed) * each)
        if (picked, packed) == (0, 0):
            x.delete()
        elif (picked, packed) != (x.picked, x.packed):
            x.picked, x.packed = picked, packed
            x.save(update_fields=["picked", "packed"])
