"""Amazon's order reports: unshipped orders (flat file), all orders, and the sales report sellers in India download.

Amounts are per line (price times quantity). In North America the tax column comes on top of them; everywhere else the price
already contains it. Cancelled lines come with quantity 0 or status Cancelled: they are kept, worth nothing, with the price
they had. Lines that look alike are both real.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from oms.kernel.errors import Refused
from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_tables
from orders.channels.cells import Bad, amount, build_each, count, country, currency, grouped, moment, priced, required
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject

ZERO = Decimal(0)
FLAT = ("order-id", "purchase-date", "sku", "product-name", "quantity-purchased", "currency", "item-price", "item-tax",
        "shipping-price", "shipping-tax")  # fmt: skip
ALL = ("amazon-order-id", "purchase-date", "order-status", "item-status", "sku", "product-name", "quantity", "currency",
       "item-price", "item-tax", "shipping-price", "shipping-tax")  # fmt: skip
SALES = ("Order ID", "Date", "Status", "SKU", "Qty", "currency", "Amount")
# Reports without offsets are in the time of the marketplace.
ZONES = {
    "in": "Asia/Kolkata", "com": "America/Los_Angeles", "ca": "America/Los_Angeles", "uk": "Europe/London", "au": "Australia/Sydney",
    "de": "Europe/Berlin", "fr": "Europe/Paris", "it": "Europe/Rome", "es": "Europe/Madrid", "jp": "Asia/Tokyo",
}  # fmt: skip
TAX_ON_TOP = ("USD", "CAD", "MXN")


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read reports of any of the three layouts; the columns say which one a file is."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for table in read_tables(paths, fixes):
        key, make = _layout(table)
        rows += len(table.rows)
        groups, refused = grouped(table.rows, key)
        rejects += refused
        drafts += build_each(groups, make, rejects)
    return ReadResult(drafts, rejects, rows)


def _layout(table: Table) -> tuple[str, Callable[[str, list[Row]], OrderDraft]]:
    for key, needed, make in (("amazon-order-id", ALL, _all), ("order-id", FLAT, _flat), ("Order ID", SALES, _sales)):
        if key in table.columns:
            table.require(*needed)
            return key, make
    raise Refused(
        "layout_unknown",
        f"{table.name} has no column “order-id”, “amazon-order-id” or “Order ID”, so it is no Amazon order report.",
        columns=["order-id"],
    )


def _flat(key: str, rows: list[Row]) -> OrderDraft:
    """Unshipped orders: paid, waiting to be sent."""
    head = rows[0]
    placed, paid = _when(head, "purchase-date"), moment(head, "payments-date", ("iso",))
    lines = [x for row in rows for x in _taxed(row, "quantity-purchased", row.text("order-item-id"), cancelled=False)]
    name = head.text("buyer-name")
    draft = _draft(key, rows, placed, lines, past=None, name=name, paid_at=paid)
    return OrderDraft(**{
        **draft.__dict__, "email": head.text("buyer-email"), "phone": head.text("buyer-phone-number"),
        "note": head.text("delivery-Instructions"), "customer_po": head.text("purchase-order-number"),
    })  # fmt: skip


def _all(key: str, rows: list[Row]) -> OrderDraft:
    """The all-orders report: every state, Amazon's own warehouse included."""
    placed = _when(rows[0], "purchase-date")
    updated = moment(rows[0], "last-updated-date", ("iso",)) or placed
    lines = [
        x for row in rows
        for x in _taxed(row, "quantity", row.text("order-item-id"), cancelled=row.text("item-status").lower() in CANCELLED)
    ]  # fmt: skip
    past, warnings = _past(required(rows[0], "order-status"), lines, placed, updated, rows[0])
    return _draft(key, rows, placed, lines, past=past, warnings=warnings)


def _sales(key: str, rows: list[Row]) -> OrderDraft:
    """The sales report: one amount per line, tax included, dates without a time."""
    head = rows[0]
    placed = moment(head, "Date", ("%m-%d-%y", "iso"), _zone(head.text("Sales Channel")))
    if placed is None:
        raise Bad(head, "Date", "Date is empty.")
    lines = [x for row in rows for x in _plain(row)]
    past, warnings = _past(required(head, "Status"), lines, placed, placed, head)
    return _draft(key, rows, placed, lines, past=past, warnings=warnings)


CANCELLED = ("cancelled", "canceled")


def _taxed(row: Row, qty_column: str, item: str, *, cancelled: bool) -> list[LineDraft]:
    value, tax = amount(row, "item-price"), amount(row, "item-tax")
    qty = count(row, qty_column, least=0)
    extra = amount(row, "gift-wrap-price")
    discount = abs(amount(row, "item-promotion-discount", negative=True))
    if discount > value + extra:
        raise Bad(row, "item-promotion-discount", "The discount is more than the line is worth.")
    return _parts(
        row, value + extra, qty, item, cancelled, tax + amount(row, "gift-wrap-tax"), discount, row.text("product-name")
    )


def _plain(row: Row) -> list[LineDraft]:
    cancelled = row.text("Status").lower() in CANCELLED
    name = " ".join(t for t in (row.text("Style"), row.text("Category"), row.text("Size")) if t)
    return _parts(row, amount(row, "Amount"), count(row, "Qty", least=0), "", cancelled, ZERO, ZERO, name)


def _parts(
    row: Row, value: Decimal, qty: int, item: str, cancelled: bool, tax: Decimal, discount: Decimal, name: str
) -> list[LineDraft]:
    sku = required(row, "sku" if row.has("sku") else "SKU")
    amazons = "amazon" in (row.text("fulfillment-channel").lower(), row.text("Fulfilment").lower())
    if cancelled or qty == 0:
        price = priced(value, max(qty, 1), _code(row))[0][1]
        note = f"Cancelled; Amazon states {value} for it." if value else "Cancelled."
        return [
            LineDraft(
                sku,
                name,
                0,
                price,
                external_id=item,
                qty_cancelled=max(qty, 1),
                fulfilled_by_channel=amazons,
                note=note,
            )
        ]
    parts = priced(value, qty, _code(row))
    first = [LineDraft(sku, name, parts[0][0], parts[0][1], discount=min(discount, parts[0][0] * parts[0][1]), tax=tax,
                       external_id=item, fulfilled_by_channel=amazons)]  # fmt: skip
    left = discount - first[0].discount
    return first + [
        LineDraft(sku, name, n, price, discount=left, fulfilled_by_channel=amazons) for n, price in parts[1:]
    ]


def _code(row: Row) -> str:
    return currency(row, "currency", default="INR" if row.text("Sales Channel") == "Amazon.in" else "")


def _draft(
    key: str, rows: list[Row], placed: datetime, lines: list[LineDraft], *, past: Past | None, name: str = "",
    paid_at: datetime | None = None, warnings: tuple[str, ...] = (),
) -> OrderDraft:  # fmt: skip
    head, codes = rows[0], {_code(row) for row in rows if row.text("currency")}
    if len(codes) > 1:
        raise Bad(rows[1], "currency", f"The order's lines are in different currencies: {', '.join(sorted(codes))}.")
    code = codes.pop() if codes else _code(head)
    outcome = past.outcome if past else ""
    if outcome in ("completed", "processing"):
        lines = [
            LineDraft(**{**x.__dict__, "qty_dispatched": 0 if _status(head) == "partiallyshipped" else x.qty})
            for x in lines
        ]
    alive = [row for row in rows if row.text("item-status").lower() not in CANCELLED] if outcome != "cancelled" else []
    shipping = sum((amount(r, "shipping-price") for r in alive), ZERO)
    off = sum((abs(amount(r, "ship-promotion-discount", negative=True)) for r in alive), ZERO)
    draft = OrderDraft(
        external_id=key, external_name=key, placed_at=placed, currency=code, lines=tuple(lines), customer_name=name,
        ship_to=_address(head), tax_included=code not in TAX_ON_TOP, shipping=shipping - off,
        shipping_tax=sum((amount(r, "shipping-tax") for r in alive), ZERO), past=past,
        shipping_method=head.text("ship-service-level"), source_rows=tuple(r.number for r in rows), warnings=warnings,
        customer_po=head.text("purchase-order-number"), extra=_extra(head),
    )  # fmt: skip
    total, pending = (
        draft.computed_total(),
        _status(head).startswith("pending") and not _status(head).startswith("pending -"),
    )
    payments = (PaymentDraft("marketplace", total, "pending" if pending else "captured", key, paid_at or placed),)
    owed = outcome not in ("cancelled", "closed") and total > 0
    return OrderDraft(**{**draft.__dict__, "total": total, "payments": payments if owed else ()})


def _past(
    status: str, lines: list[LineDraft], placed: datetime, at: datetime, head: Row
) -> tuple[Past | None, tuple[str, ...]]:
    """What the status says has happened, and what a person should know about it."""
    said = status.lower()
    if said in CANCELLED or all(x.qty == 0 for x in lines):
        doubt = () if said in CANCELLED else (f"Amazon says {status}, yet every line is cancelled.",)
        return Past("cancelled", "Cancelled at the source.", confirmed_at=placed, cancelled_at=at), doubt
    if said in (
        "pending",
        "unshipped",
        "pendingavailability",
        "invoiceunconfirmed",
        "pending - waiting for pick up",
        "shipping",
    ):
        return None, ()
    if said == "partiallyshipped":
        return Past("processing", confirmed_at=placed), ("Amazon does not say which units were sent.",)
    if said == "shipped - delivered to buyer":
        return Past("completed", confirmed_at=placed, dispatched_at=at, delivered_at=at), ()
    if said == "shipped":
        return Past("completed", confirmed_at=placed, dispatched_at=at), (
            "Amazon reports the order as shipped; whether it was delivered is not in the report.",
        )
    if said in ("shipped - picked up", "shipped - out for delivery"):
        return Past("processing", confirmed_at=placed, dispatched_at=at), ()
    if said.startswith("shipped - ") or said == "unfulfillable":
        return Past("closed", f"Amazon's last word: {status}.", confirmed_at=placed, dispatched_at=None), ()
    raise Bad(head, "Status" if head.has("Status") else "order-status", f"“{status[:40]}” is not a state Amazon uses.")


def _status(row: Row) -> str:
    return (row.text("order-status") or row.text("Status")).lower()


def _when(row: Row, column: str) -> datetime:
    read = moment(row, column, ("iso",), _zone(row.text("sales-channel")))
    if read is None:
        raise Bad(row, column, f"{column} is empty.")
    return read


def _zone(marketplace: str) -> tzinfo:
    return ZoneInfo(ZONES.get(marketplace.lower().rpartition(".")[2], "UTC"))


def _address(row: Row) -> AddressDraft:
    return AddressDraft(
        name=row.text("recipient-name"), line1=row.text("ship-address-1"),
        line2=", ".join(t for t in (row.text("ship-address-2"), row.text("ship-address-3")) if t), city=row.text("ship-city"),
        state=row.text("ship-state"), postal_code=row.text("ship-postal-code"), country=country(row.text("ship-country")),
        phone=row.text("ship-phone-number"),
    )  # fmt: skip


def _extra(row: Row) -> dict:
    named = {"marketplace": ("sales-channel", "Sales Channel"), "fulfilment": ("fulfillment-channel", "Fulfilment")}
    found = {key: next((row.text(c) for c in columns if row.text(c)), "") for key, columns in named.items()}
    return {key: value[:80] for key, value in found.items() if value}
