"""Etsy's two downloads: orders (money per order) and order items (what was bought, who bought it).

Either one alone makes complete orders; given together they are joined by Order ID. Etsy has no status column: a shipped
date means the order is done, no shipped date means it is still to do. Where Etsy collects sales tax itself, the order's total
contains it without saying so; the difference is kept as the order's adjustment.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from oms.kernel.errors import Refused
from oms.kernel.money import allocate, format_money
from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_tables
from orders.channels.cells import Bad, amount, build_each, count, country, currency, grouped, moment, priced, required
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject

ZERO = Decimal(0)
ORDERS = ("Order ID", "Sale Date", "Number of Items", "Currency", "Order Value", "Discount Amount", "Shipping", "Sales Tax",
          "Order Total", "Date Shipped")  # fmt: skip
ITEMS = ("Order ID", "Sale Date", "Item Name", "Quantity", "Price", "Currency", "Discount Amount", "Order Shipping",
         "Order Sales Tax", "Date Shipped")  # fmt: skip
DATES = ("%m/%d/%Y", "%m/%d/%y")
# Etsy gives dates without a time, in the shop's own calendar; its systems and reports keep New York time.
ZONE = ZoneInfo("America/New_York")


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read order files, item files or both; an order in both takes its lines from the items and its money from the order."""
    orders: dict[str, list[Row]] = {}
    items: dict[str, list[Row]] = {}
    rejects: list[RowReject] = []
    rows = 0
    for table in read_tables(paths, fixes):
        groups, refused = grouped(table.rows, "Order ID") if _is_known(table) else ({}, [])
        rejects += refused
        rows += len(table.rows)
        target = items if "Item Name" in table.columns else orders
        for key, found in groups.items():
            target.setdefault(key, []).extend(found)
    both = {key: orders.get(key, []) + items.get(key, []) for key in (*orders, *(k for k in items if k not in orders))}
    return ReadResult(
        build_each(both, lambda key, _: _order(key, orders.get(key, []), items.get(key, [])), rejects), rejects, rows
    )


def _is_known(table: Table) -> bool:
    if not table.has("Item Name") and not table.has("Order Value"):
        raise Refused(
            "layout_unknown",
            f"{table.name} has neither “Item Name” nor “Order Value”, so it is neither Etsy's items nor its orders.",
            columns=["Item Name", "Order Value"],
        )
    table.require(*(ITEMS if table.has("Item Name") else ORDERS))
    return True


def _order(key: str, orders: list[Row], items: list[Row]) -> OrderDraft:
    if len(orders) > 1:
        raise Bad(orders[1], "Order ID", f"Order {key} stands in the file twice.")
    order = orders[0] if orders else None
    head = order or items[0]
    placed = moment(head, "Sale Date", DATES, ZONE)
    if placed is None:
        raise Bad(head, "Sale Date", "Sale Date is empty.")
    code = currency(head, "Currency")
    lines = [_item(row) for row in items] if items else _unlisted(head, code)
    draft = _from_order(key, order, lines, code, placed) if order else _from_items(key, items, lines, code, placed)
    return _finished(draft, head, [*orders, *items], items)


def _from_order(key: str, row: Row, lines: list[LineDraft], code: str, placed: datetime) -> OrderDraft:
    off = amount(row, "Discount Amount") + amount(row, "InPerson Discount")
    shipping = amount(row, "Shipping") - amount(row, "Shipping Discount")
    tax, total = amount(row, "Sales Tax"), amount(row, "Order Total", default=None)
    lines = _spread(_bare(lines), off, tax, code, row)
    draft = OrderDraft(key, placed, code, tuple(lines), tax_included=False, shipping=shipping)
    rest = total - draft.computed_total()
    if not rest:
        return _with(draft, total=total)
    warning = (
        f"Etsy's total {format_money(total, code)} differs from its parts by {format_money(rest, code)}; usually sales tax "
        "that Etsy collects itself."
    )
    return _with(
        draft, total=total, adjustment=rest, adjustment_note="In Etsy's total beyond its parts (tax Etsy collects)",
        warnings=(warning,),
    )  # fmt: skip


def _from_items(key: str, items: list[Row], lines: list[LineDraft], code: str, placed: datetime) -> OrderDraft:
    """Shipping and tax stand on every item row for the whole order: counted once."""
    head = items[0]
    shipping = amount(head, "Order Shipping") - amount(head, "Shipping Discount")
    lines = _spread(lines, ZERO, amount(head, "Order Sales Tax"), code, head)
    draft = OrderDraft(key, placed, code, tuple(lines), tax_included=False, shipping=max(shipping, ZERO))
    return _with(draft, total=draft.computed_total())


def _finished(draft: OrderDraft, head: Row, rows: list[Row], items: list[Row]) -> OrderDraft:
    shipped, person = moment(head, "Date Shipped", DATES, ZONE), items[0] if items else head
    paid = (moment(person, "Date Paid", DATES, ZONE) if person.has("Date Paid") else None) or draft.placed_at
    past = Past("completed", confirmed_at=draft.placed_at, dispatched_at=shipped) if shipped else None
    total = draft.total or ZERO
    payment = PaymentDraft("marketplace", total, "captured", draft.external_id, paid)
    extra = {"payment_type": head.text("Payment Type"), "coupon": head.text("Coupon Code")[:120]}
    return _with(
        draft, external_name=draft.external_id, customer_name=person.text("Buyer") or person.text("Ship Name"),
        ship_to=_address(person), past=past, payments=(payment,) if total > 0 else (),
        source_rows=tuple(r.number for r in rows), extra={k: v for k, v in extra.items() if v},
    )  # fmt: skip


def _item(row: Row) -> LineDraft:
    name, qty, price = required(row, "Item Name"), count(row, "Quantity"), amount(row, "Price", default=None)
    discount = amount(row, "Discount Amount")
    if discount > qty * price:
        raise Bad(row, "Discount Amount", "The discount is more than the line is worth.")
    sku = row.text("SKU") or (f"ETSY-{row.text('Listing ID')}" if row.text("Listing ID") else name[:80])
    return LineDraft(
        sku,
        name[:255],
        qty,
        price,
        discount=discount,
        external_id=row.text("Transaction ID"),
        note=row.text("Variations")[:300],
    )


def _unlisted(row: Row, code: str) -> list[LineDraft]:
    """The orders file counts items without naming them: the units and their value are kept, the names are unknown."""
    qty, value = count(row, "Number of Items"), amount(row, "Order Value", default=None)
    return [LineDraft("", "Items not named in Etsy's orders file", n, price) for n, price in priced(value, qty, code)]


def _bare(lines: list[LineDraft]) -> list[LineDraft]:
    """Without their own discounts: with an order row at hand its discount counts, once."""
    return [LineDraft(**{**x.__dict__, "discount": ZERO}) for x in lines]


def _spread(lines: list[LineDraft], off: Decimal, tax: Decimal, code: str, row: Row) -> list[LineDraft]:
    gross = [x.qty * x.unit_price - x.discount for x in lines]
    if off > sum(gross, ZERO):
        raise Bad(row, "Discount Amount", "The discount is more than the items are worth.")
    offs, taxes = allocate(off, gross, code), allocate(tax, gross, code)
    return [
        LineDraft(**{**x.__dict__, "discount": x.discount + o, "tax": t})
        for x, o, t in zip(lines, offs, taxes, strict=True)
    ]


def _with(draft: OrderDraft, **changes) -> OrderDraft:
    return OrderDraft(**{**draft.__dict__, **changes})


def _address(row: Row) -> AddressDraft:
    return AddressDraft(
        name=row.text("Ship Name"), line1=row.text("Ship Address1"), line2=row.text("Ship Address2"), city=row.text("Ship City"),
        state=row.text("Ship State"), postal_code=row.text("Ship Zipcode"), country=country(row.text("Ship Country")),
    )  # fmt: skip
