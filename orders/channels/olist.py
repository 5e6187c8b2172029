"""Olist's published tables: orders, items, payments and customers, joined by id. Times are those of São Paulo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from oms.kernel.errors import Refused
from oms.kernel.money import format_money
from oms.tables.files import NO_FIXES, Fixes, Row, read_tables
from orders.channels.cells import Bad, amount, build_each, grouped, moment, required
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject

ZERO = Decimal(0)
ZONE = ZoneInfo("America/Sao_Paulo")
TIMES = ("iso",)
METHODS = {
    "credit_card": "card",
    "debit_card": "card",
    "boleto": "boleto",
    "voucher": "voucher",
    "not_defined": "other",
}
# What each table is called here, and the columns it is known by.
TABLES = {
    "orders": ("order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_approved_at",
               "order_delivered_carrier_date", "order_delivered_customer_date", "order_estimated_delivery_date"),
    "items": ("order_id", "order_item_id", "product_id", "price", "freight_value"),
    "payments": ("order_id", "payment_sequential", "payment_type", "payment_value"),
    "customers": ("customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state"),
    "products": ("product_id", "product_category_name"),
}  # fmt: skip
MARKS = {"order_status": "orders", "order_item_id": "items", "payment_type": "payments", "customer_unique_id": "customers",
         "product_photos_qty": "products"}  # fmt: skip
REASONS = {
    "unavailable": "Olist: a product was unavailable.", "processing": "Olist's data end while it was being processed.",
    "invoiced": "Olist's data end after the invoice.", "created": "Olist's data end after the order was made.",
    "approved": "Olist's data end after the approval.",
}  # fmt: skip


@dataclass
class _Data:
    """The tables, each row found by the id it belongs to."""

    orders: list[Row] = field(default_factory=list)
    items: dict[str, list[Row]] = field(default_factory=dict)
    payments: dict[str, list[Row]] = field(default_factory=dict)
    customers: dict[str, Row] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    rejects: list[RowReject] = field(default_factory=list)


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read the tables, usually a folder. Orders are required; rows counted are those of the orders table."""
    data = _load(paths, fixes)
    groups, refused = grouped(data.orders, "order_id")
    data.rejects += refused
    drafts = build_each(groups, lambda key, rows: _order(key, rows, data), data.rejects)
    return ReadResult(drafts, data.rejects, len(data.orders))


def _load(paths: Sequence[str | Path], fixes: Fixes) -> _Data:
    data, seen = _Data(), set()
    for table in read_tables(paths, fixes):
        kind = next((kind for mark, kind in MARKS.items() if mark in table.columns), "")
        if not kind:
            continue
        table.require(*TABLES[kind])
        seen.add(kind)
        if kind == "orders":
            data.orders += table.rows
        elif kind == "customers":
            data.customers |= {row.text("customer_id"): row for row in table.rows}
        elif kind == "products":
            data.categories |= {row.text("product_id"): row.text("product_category_name") for row in table.rows}
        else:
            getattr(data, kind).update(grouped(table.rows, "order_id")[0])
    if missing := [kind for kind in ("orders", "items", "payments", "customers") if kind not in seen]:
        raise Refused("table_missing", f"Olist's {' and '.join(missing)} table is missing. Choose the whole folder.")
    return data


def _order(key: str, rows: list[Row], data: _Data) -> OrderDraft:
    if len(rows) > 1:
        raise Bad(rows[1], "order_id", f"Order {key} stands in the table twice.")
    row, items, paid = rows[0], data.items.get(key, []), data.payments.get(key, [])
    for other in (*items, *paid):
        if other.bad:
            raise Bad(other, f"{other.bad[0]} ({other.file})", other.bad[1])
    placed = moment(row, "order_purchase_timestamp", TIMES, ZONE)
    if placed is None:
        raise Bad(row, "order_purchase_timestamp", "The purchase time is empty.")
    past = _past(row, placed, bool(items))
    customer = data.customers.get(row.text("customer_id"))
    draft = OrderDraft(
        external_id=key, external_name=key[:8], placed_at=placed, currency="BRL", lines=tuple(_lines(items, data, past)),
        customer_name="", ship_to=_address(customer), tax_included=True,
        shipping=sum((amount(item, "freight_value") for item in items), ZERO), past=past, promised_at=past.promised_at,
        source_rows=(row.number,), extra={"customer_ref": customer.text("customer_unique_id")} if customer else {},
    )  # fmt: skip
    total = draft.computed_total()
    return OrderDraft(**{**draft.__dict__, "total": total, **_money(paid, total, past, placed)})


def _lines(items: list[Row], data: _Data, past: Past) -> Iterable[LineDraft]:
    """Olist writes a row per unit: units of one product at one price from one seller are one line."""

    same: dict[tuple[str, ...], list[Row]] = {}
    for item in items:
        same.setdefault((item.text("product_id"), item.text("seller_id"), item.text("price")), []).append(item)
    for rows in same.values():
        qty, product = len(rows), required(rows[0], "product_id")
        category = data.categories.get(product, "").replace("_", " ")
        yield LineDraft(
            product, f"{category or 'Product'} {product[:8]}", qty, amount(rows[0], "price", default=None),
            external_id=rows[0].text("order_item_id"), qty_dispatched=qty if past.outcome == "processing" else 0,
        )  # fmt: skip


def _past(row: Row, placed: datetime, has_items: bool) -> Past:
    status = row.text("order_status")
    approved, sent, arrived, promised = (
        moment(row, column, TIMES, ZONE)
        for column in ("order_approved_at", "order_delivered_carrier_date", "order_delivered_customer_date",
                       "order_estimated_delivery_date")
    )  # fmt: skip
    times = {"confirmed_at": approved or placed, "promised_at": promised}
    match status:
        case "delivered":
            return Past("completed", dispatched_at=sent, delivered_at=arrived, **times)
        case "shipped":
            return Past("processing", dispatched_at=sent, **times)
        case "canceled":
            return Past("cancelled", "Cancelled at the source.", cancelled_at=approved or placed, **times)
        case _ if status in REASONS:
            return Past("closed", REASONS[status] + ("" if has_items else " It has no items."), **times)
    raise Bad(row, "order_status", f"“{status[:40]}” is not a state Olist uses.")


def _money(rows: list[Row], total: Decimal, past: Past, placed: datetime) -> dict:
    """Tenders as Olist states them; a sum that differs from the total is kept and flagged."""
    at = past.confirmed_at or placed
    payments = tuple(
        PaymentDraft(METHODS.get(row.text("payment_type"), "other"), value, "captured",
                     f"{row.text('order_id')}-{row.text('payment_sequential')}", at)
        for row in sorted(rows, key=lambda r: r.text("payment_sequential").zfill(4)) if (value := amount(row, "payment_value"))
    )  # fmt: skip
    paid = sum((p.amount for p in payments), ZERO)
    warnings = (
        (f"Paid {format_money(paid, 'BRL')}, the order comes to {format_money(total, 'BRL')}.",)
        if total and paid != total
        else ()
    )
    return {"payments": payments, "warnings": warnings}


def _address(row: Row | None) -> AddressDraft:
    if row is None:
        return AddressDraft()
    city = row.text("customer_city").title()
    return AddressDraft(
        city=city,
        state=row.text("customer_state"),
        postal_code=row.text("customer_zip_code_prefix").zfill(5),
        country="BR",
    )
