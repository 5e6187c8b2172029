"""The pick list of one piece of work as PDF: what to take, how many, and a box to tick."""

from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, Spacer

from fulfilment.models import FulfilmentOrder
from fulfilment.pieces import Piece, pieces
from oms.kernel.clock import business_zone
from oms.kernel.plural import plural
from oms.ui.paper import barcode, columns, lines_table, load_fonts, render, text


def pick_list_pdf(fo: FulfilmentOrder) -> bytes:
    """`fo` with order and location joined."""
    load_fonts()
    found = pieces(fo.lines.select_related("line", "product").filter(qty__gt=0))
    found.sort(key=lambda p: p.product.sku)
    due = f"Due {fo.due_at.astimezone(business_zone()):%d %b %Y %H:%M}" if fo.due_at else ""
    several = [text(f"To {fo.address_name}", bold=True)] if fo.order.address_count > 1 else []
    head = columns(
        [[text("Pick list", 11, bold=True), text(fo.number, 18, bold=True)],
         [text(fo.location.name, 11, bold=True), text(f"{fo.order.number}, {fo.order.customer_name}"), *several, text(due)],
         [barcode(fo.number), text(fo.number, 8)]],
        (0.28, 0.38, 0.34),
    )  # fmt: skip
    lines = lines_table(
        ("SKU", "Item", "Barcode", "Take", "Taken"),
        [(p.product.sku, _name(p), p.product.barcode, text(p.asked, 11, bold=True, align=2), "____") for p in found],
        (0.22, 0.42, 0.16, 0.1, 0.1), {3, 4},
    )  # fmt: skip
    units = f"{plural(sum(p.asked for p in found), 'unit')} in {plural(len(found), 'line')}"
    story = [
        head,
        HRFlowable(width="100%", thickness=1.5, color="#000000"),
        Spacer(1, 5 * mm),
        lines,
        Spacer(1, 4 * mm),
    ]
    return render([*story, text(units, bold=True)], title=f"Pick list {fo.number}")


def _name(piece: Piece) -> str:
    return f"{piece.name}, for {piece.kit}" if piece.kit else piece.name
