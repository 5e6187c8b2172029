"""WooCommerce orders as its REST API (wc/v3) answers and its webhooks push them: JSON, one order or a list.

Line totals there are without tax whatever the shop's prices are; `subtotal` is before the coupon, `total` after it.
https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count as counting
from pathlib import Path

from oms.kernel.money import format_money
from oms.tables.files import NO_FIXES, Fixes, Row, read_tables
from orders.channels.cells import Bad, amount, build_each, count, country, currency, grouped, moment, priced, required
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject

ZERO = Decimal(0)
NEEDED = ("id", "status", "currency", "total", "prices_include_tax", "line_items.0.quantity")
METHODS = {
    "cod": "cod",
    "bacs": "bank",
    "cheque": "bank",
    "stripe": "card",
    "ppcp-gateway": "wallet",
    "paypal": "wallet",
    "razorpay": "card",
}


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read files of orders as the API gives them."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for table in read_tables(paths, fixes):
        table.require(*NEEDED)
        rows += len(table.rows)
        groups, refused = grouped(table.rows, "id")
        rejects += refused
        # The same order twice is two states of it; the later one counts.
        drafts += build_each({key: found[-1:] for key, found in groups.items()}, _order, rejects)
    return ReadResult(drafts, rejects, rows)


def _order(key: str, rows: list[Row]) -> OrderDraft:
    row = rows[0]
    placed = moment(row, "date_created_gmt", ("iso",)) or moment(row, "date_created", ("iso",))
    if placed is None:
        raise Bad(row, "date_created_gmt", "date_created_gmt is empty.", kind="date")
    code, total = currency(row, "currency"), amount(row, "total", default=None)
    past = _past(row, placed)
    lines = tuple(
        part for at in _entries(row, "line_items", "quantity") for part in _line(row, f"line_items.{at}", code, past)
    )
    shipping, shipping_tax = amount(row, "shipping_total"), amount(row, "shipping_tax")
    fees = _entries(row, "fee_lines", "total")
    extra = sum((_signed(row, f"fee_lines.{at}.{c}") for at in fees for c in ("total", "total_tax")), ZERO)
    parts = sum((x.qty * x.unit_price - x.discount + x.tax for x in lines), ZERO) + shipping + shipping_tax
    adjustment = total - parts
    named = ", ".join(row.text(f"fee_lines.{at}.name") for at in fees)
    said, rest = format_money(total, code), format_money(adjustment - extra, code)
    doubt = () if adjustment == extra else (f"WooCommerce's total {said} differs from its parts by {rest}.",)
    terms = "cod" if row.text("payment_method") == "cod" else "prepaid"
    return OrderDraft(
        external_id=key, external_name=row.text("number") or key, placed_at=placed, currency=code, lines=lines,
        customer_name=_name(row, "billing") or _name(row, "shipping"), email=row.text("billing.email"),
        phone=row.text("billing.phone"), company=row.text("billing.company"), ship_to=_address(row), bill_to=_address(row, "billing"),
        tax_included=False, shipping=shipping, shipping_tax=shipping_tax, adjustment=adjustment,
        adjustment_note=(named or "Difference between WooCommerce's total and its parts")[:200] if adjustment else "", total=total,
        payment_terms=terms, payments=_payments(row, total, terms, past, placed), note=row.text("customer_note"),
        shipping_method=row.text("shipping_lines.0.method_title"), past=past, source_rows=(row.number,), warnings=doubt,
        extra={"payment_method": row.text("payment_method_title")[:80]} if row.text("payment_method_title") else {},
    )  # fmt: skip


def _entries(row: Row, kind: str, column: str) -> list[int]:
    found = []
    for at in counting():
        if not row.has(f"{kind}.{at}.{column}"):
            return found
        found.append(at)
    return found


def _line(row: Row, at: str, code: str, past: Past | None) -> list[LineDraft]:
    qty, before, after = (
        count(row, f"{at}.quantity"),
        amount(row, f"{at}.subtotal"),
        amount(row, f"{at}.total", default=None),
    )
    name = required(row, f"{at}.name")
    discount, tax, made = max(before - after, ZERO), amount(row, f"{at}.total_tax"), []
    for units, price in priced(max(before, after), qty, code):
        off = min(discount, units * price)
        made.append(
            LineDraft(
                row.text(f"{at}.sku") or name[:80], name, units, price, discount=off, tax=tax,
                external_id=row.text(f"{at}.id") if not made else "",
                qty_dispatched=units if past and past.outcome == "completed" else 0,
            )
        )  # fmt: skip
        discount, tax = discount - off, ZERO
    return made


def _past(row: Row, placed: datetime) -> Past | None:
    status = row.text("status")
    done = moment(row, "date_completed_gmt", ("iso",)) or placed
    match status:
        case "pending" | "processing" | "on-hold":
            return None
        case "completed":
            return Past("completed", confirmed_at=placed, dispatched_at=done)
        case "cancelled" | "failed":
            return Past("cancelled", f"{status.capitalize()} at the source.", confirmed_at=placed, cancelled_at=done)
        case "refunded":
            return Past("closed", "Refunded at the source.", confirmed_at=placed)
    raise Bad(row, "status", f"“{status[:40]}” is not a state of a placed WooCommerce order.", kind="choice")


def _payments(row: Row, total: Decimal, terms: str, past: Past | None, placed: datetime) -> tuple[PaymentDraft, ...]:
    if total <= 0 or (past and past.outcome == "cancelled"):
        return ()
    paid = moment(row, "date_paid_gmt", ("iso",))
    method = METHODS.get(row.text("payment_method"), "other")
    back = total if row.text("status") == "refunded" else ZERO
    if paid or back:
        return (
            PaymentDraft(
                method, total, "captured", row.text("transaction_id")[:120], (paid or placed).astimezone(UTC), back
            ),
        )
    if terms == "cod":
        return (PaymentDraft("cod", total, "cod_due"),)
    return (PaymentDraft(method, total, "pending", "", placed),)


def _signed(row: Row, column: str) -> Decimal:
    return amount(row, column, negative=True)


def _name(row: Row, kind: str) -> str:
    return f"{row.text(f'{kind}.first_name')} {row.text(f'{kind}.last_name')}".strip()


def _address(row: Row, kind: str = "shipping") -> AddressDraft:
    """Shops that ship nothing leave the shipping address empty; then the billing address is meant."""
    kind = kind if row.text(f"{kind}.address_1") else "billing"
    cell = lambda what: row.text(f"{kind}.{what}")  # noqa: E731 - a name for the six cells below
    return AddressDraft(
        name=_name(row, kind), company=cell("company"), line1=cell("address_1"), line2=cell("address_2"), city=cell("city"),
        state=cell("state"), postal_code=cell("postcode"), country=country(cell("country")), phone=cell("phone"),
    )  # fmt: skip
