"""The packing slip of one parcel as PDF."""

from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, KeepTogether, Spacer

from fulfilment.documents.facts import Slip
from oms.kernel.clock import business_date
from oms.kernel.plural import plural
from oms.ui.paper import barcode, columns, lines_table, load_fonts, render, text


def slip_pdf(slip: Slip) -> bytes:
    load_fonts()
    mark = [text("Packing slip", 11, bold=True), text(slip.order, 18, bold=True)]
    head = columns(
        [[text(slip.sender[0], 11, bold=True), *map(text, slip.sender[1:])], mark, [barcode(slip.number), text(slip.number, 8)]],
        (0.36, 0.30, 0.34),
    )  # fmt: skip
    facts = [f"Placed {business_date(slip.placed_at):%d %b %Y}"]
    if slip.packed_at:
        facts.append(f"Packed {business_date(slip.packed_at):%d %b %Y}")
    if slip.carrier:
        facts.append(f"Carrier {slip.carrier} {slip.tracking}".strip())
    if slip.part_of:
        facts.append(f"Part of {slip.part_of}")
    if slip.reference:
        facts.append(f"Your reference {slip.reference}")
    parcel = [text("Parcel", 8), text(f"{slip.which} of {slip.of}", 18, bold=True), text(slip.kg)]
    address = [
        text("Ship to", 8, bold=True),
        text(slip.address[0] if slip.address else "", 10, bold=True),
        *map(text, slip.address[1:]),
    ]
    story = [
        head, HRFlowable(width="100%", thickness=1.5, color="#000000"), Spacer(1, 5 * mm),
        columns([address, [text(fact) for fact in facts], parcel], (0.42, 0.36, 0.22)), Spacer(1, 6 * mm),
        lines_table(
            ("Item", "SKU", "Ordered", "In this parcel"), [(i.name, i.sku, i.ordered, i.here) for i in slip.items],
            (0.5, 0.22, 0.12, 0.16), {2, 3},
        ),
        columns([text(""), text(f"{slip.ordered}", bold=True, align=2), text(f"{slip.here}", bold=True, align=2)], (0.72, 0.12, 0.16)),
    ]  # fmt: skip
    if slip.note:
        story += [Spacer(1, 5 * mm), text("Note from the customer", 8, bold=True), text(slip.note)]
    wrong = "Keep the goods and this slip."
    if slip.return_days:
        wrong += f" Tell us within {plural(slip.return_days, 'day')} with your order number and a photo."
    story += [Spacer(1, 8 * mm), KeepTogether([text("Something wrong or missing?", 8, bold=True), text(wrong)])]
    return render(story, title=f"Packing slip {slip.order} {slip.number}")
