"""A purchase order as PDF, to send to the supplier."""

from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import HRFlowable, Spacer

from inventory.models import PurchaseOrder, SupplierItem
from inventory.purchasing import total
from oms.kernel.clock import business_date, now
from oms.kernel.countries import country_name
from oms.kernel.money import format_money
from oms.ui.paper import barcode, columns, lines_table, load_fonts, render, text


def purchase_pdf(purchase: PurchaseOrder) -> bytes:
    """One A4 document; a draft says that it is one."""
    load_fonts()
    lines, place, seller = list(purchase.lines.all()), purchase.location, purchase.supplier
    theirs = dict(SupplierItem.objects.filter(supplier=seller).values_list("product_id", "code"))
    kind = "Purchase order" if purchase.status != "draft" else "Purchase order, draft"
    head = columns(
        [[text(kind, 11, bold=True), text(purchase.number, 18, bold=True)], "", [barcode(purchase.number)]],
        (0.5, 0.16, 0.34),
    )
    day = business_date(purchase.sent_at or now())
    arrive = (
        _customer(purchase.ship_to)
        if purchase.is_drop_ship
        else [
            place.name,
            place.line1,
            f"{place.city} {place.postal_code}".strip(),
            place.state,
            country_name(place.country),
        ]
    )
    facts = [f"Date {day:%d %b %Y}", f"Currency {purchase.currency}"]
    if purchase.reference:
        facts.append(f"Your reference {purchase.reference}")
    blocks = columns(
        [
            [
                text("To", 8, bold=True),
                text(seller.name, 10, bold=True),
                *map(text, seller.address.splitlines()),
                text(seller.email),
            ],
            [
                text("Send to our customer" if purchase.is_drop_ship else "Deliver to", 8, bold=True),
                *(text(part) for part in arrive if part),
            ],
            [text(fact) for fact in facts],
        ],
        (0.38, 0.36, 0.26),
    )
    rows = [
        (line.product.name, theirs.get(line.product_id) or line.product.sku, f"{line.eta:%d %b %Y}" if line.eta else "",
         line.qty, format_money(line.unit_cost, purchase.currency, unit_price=True),
         format_money(line.cost, purchase.currency))
        for line in lines
    ]  # fmt: skip
    story = [
        head, HRFlowable(width="100%", thickness=1.5, color="#000000"), Spacer(1, 5 * mm), blocks, Spacer(1, 6 * mm),
        lines_table(("Item", "Code", "Expected", "Units", "Each", "Sum"), rows, (0.32, 0.18, 0.14, 0.08, 0.13, 0.15), {3, 4, 5}),
        columns([text(""), text(format_money(total(lines), purchase.currency), 11, bold=True, align=2)], (0.7, 0.3)),
    ]  # fmt: skip
    if purchase.note:
        story += [Spacer(1, 5 * mm), text("Note", 8, bold=True), text(purchase.note)]
    return render(story, title=f"{kind} {purchase.number}")


def _customer(to: dict[str, Any]) -> list[str]:
    """Where a supplier sends it; the parcel carries no price of ours."""
    city = " ".join(filter(None, (to.get("city"), to.get("postal_code"))))
    return [
        *(to.get(name) or "" for name in ("name", "line1", "line2")),
        city,
        to.get("state") or "",
        country_name(to.get("country")),
    ]
