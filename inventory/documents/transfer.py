"""The paper that travels with a transfer: what was loaded, and room to tick what arrived."""

from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, Spacer

from inventory.models import Location, Transfer
from oms.kernel.clock import business_date, now
from oms.kernel.plural import plural
from oms.ui.paper import barcode, columns, lines_table, load_fonts, render, text


def transfer_pdf(transfer: Transfer) -> bytes:
    """One A4 document; a draft says that it is one. Its barcode is the number to open at the other end."""
    load_fonts()
    lines = list(transfer.lines.all())
    kind = "Transfer" if transfer.status != "draft" else "Transfer, draft"
    head = columns(
        [[text(kind, 11, bold=True), text(transfer.number, 18, bold=True)], "", [barcode(transfer.number)]],
        (0.5, 0.16, 0.34),
    )
    day = business_date(transfer.sent_at or now())
    facts = [f"Date {day:%d %b %Y}", f"Expected {transfer.eta:%d %b %Y}", plural(sum(x.qty for x in lines), "unit")]
    blocks = columns(
        [
            [text("From", 8, bold=True), *_place(transfer.source)],
            [text("To", 8, bold=True), *_place(transfer.location)],
            [text(fact) for fact in facts],
        ],
        (0.38, 0.36, 0.26),
    )
    rows = [(line.product.name, line.product.sku, line.product.barcode, line.qty, "") for line in lines]
    story = [
        head, HRFlowable(width="100%", thickness=1.5, color="#000000"), Spacer(1, 5 * mm), blocks, Spacer(1, 6 * mm),
        lines_table(("Item", "SKU", "Barcode", "Sent", "Arrived"), rows, (0.36, 0.2, 0.2, 0.1, 0.14), {3, 4}),
        Spacer(1, 14 * mm), columns([text("Loaded by"), text("Received by"), text("On")], (0.4, 0.4, 0.2)),
    ]  # fmt: skip
    if transfer.note:
        story += [Spacer(1, 5 * mm), text("Note", 8, bold=True), text(transfer.note)]
    return render(story, title=f"{kind} {transfer.number}")


def _place(place: Location) -> list:
    parts = (place.line1, f"{place.city} {place.postal_code}".strip(), place.state, place.country)
    return [text(place.name, 10, bold=True), *(text(part) for part in parts if part)]
