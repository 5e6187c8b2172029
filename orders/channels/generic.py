"""The project's own layout for everybody without a named one: one row per line, order columns repeated or only on the first.

Columns are described in docs/imports.md. Column names are read without regard to case, spaces and underscores.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from oms.kernel.money import quantize
from orders.channels.cells import Bad, amount, build_each, count, country, currency, grouped, moment, unapostrophed
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft, ReadResult, RowReject
from orders.channels.files import Row, Table, read_tables

ZERO = Decimal(0)
NEEDED = ("order_id", "sku", "quantity", "unit_price")
COLUMNS = (
    *NEEDED, "placed_at", "currency", "name", "discount", "tax", "tax_included", "shipping", "total", "customer_name", "email",
    "phone", "company", "ship_name", "ship_line1", "ship_line2", "ship_city", "ship_state", "ship_postal_code", "ship_country",
    "payment_terms", "paid", "payment_method", "payment_reference", "customer_po", "note", "tags", "shipping_method", "promised_at",
)  # fmt: skip
TIMES = ("iso", "%d/%m/%Y", "%d/%m/%Y %H:%M")
YES, NO = ("yes", "true", "1"), ("no", "false", "0")


def read(paths: Sequence[str | Path]) -> ReadResult:
    """Read files in our own layout."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for table in map(_renamed, read_tables(paths)):
        table.require(*NEEDED)
        rows += len(table.rows)
        groups, refused = grouped(table.rows, "order_id")
        rejects += refused
        drafts += build_each(groups, _order, rejects)
    return ReadResult(drafts, rejects, rows)


def _renamed(table: Table) -> Table:
    return table.renamed(plain)


def plain(column: str) -> str:
    """A column's name as this layout compares it: "Order ID" and "order-id" are order_id."""
    return "_".join(column.lower().replace("-", " ").replace("_", " ").split())


def _order(key: str, rows: list[Row]) -> OrderDraft:
    head = rows[0]
    placed = moment(head, "placed_at", TIMES)
    if placed is None:
        raise Bad(head, "placed_at", "placed_at is empty: when was the order placed?")
    code = currency(head, "currency", default="INR")
    included = _yes(head, "tax_included", default=True)
    lines = tuple(_line(row, code) for row in rows)
    draft = OrderDraft(
        external_id=key, external_name=key, placed_at=placed, currency=code, lines=lines, tax_included=included,
        customer_name=head.text("customer_name"), email=head.text("email"), phone=unapostrophed(head.text("phone")),
        company=head.text("company"), ship_to=_address(head), bill_to=_address(head), shipping=amount(head, "shipping"),
        payment_terms=_terms(head), customer_po=head.text("customer_po"), note=head.text("note"),
        tags=tuple(t.strip() for t in head.text("tags").split(",") if t.strip()), shipping_method=head.text("shipping_method"),
        promised_at=moment(head, "promised_at", TIMES), source_rows=tuple(r.number for r in rows),
    )  # fmt: skip
    total = draft.computed_total()
    stated = amount(head, "total", default=total)
    if stated != total:
        raise Bad(
            head, "total", f"The total {stated} is not the sum of its lines, discounts, tax and shipping: {total}."
        )
    return OrderDraft(**{**draft.__dict__, "total": total, "payments": _payments(head, draft, total)})


def _line(row: Row, code: str) -> LineDraft:
    sku, qty = unapostrophed(row.text("sku")), count(row, "quantity")
    price, discount, tax = amount(row, "unit_price", default=None), amount(row, "discount"), amount(row, "tax")
    if not sku and not row.text("name"):
        raise Bad(row, "sku", "The line has neither a SKU nor a name.")
    if discount > qty * price:
        raise Bad(row, "discount", "The discount is more than the line is worth.")
    for column, value in (("unit_price", qty * price), ("discount", discount), ("tax", tax)):
        if value != quantize(value, code):
            raise Bad(row, column, f"{value.normalize():f} is finer than the smallest coin of {code}.")
    return LineDraft(sku, row.text("name") or sku, qty, price, discount=discount, tax=tax)


def _payments(head: Row, draft: OrderDraft, total: Decimal) -> tuple[PaymentDraft, ...]:
    paid, method = amount(head, "paid"), head.text("payment_method").lower() or "other"
    if method not in METHODS:
        raise Bad(head, "payment_method", f"“{method[:40]}” is not one of {', '.join(METHODS)}.")
    made: list[PaymentDraft] = []
    if paid:
        made.append(PaymentDraft(method, paid, "captured", head.text("payment_reference")[:120], _utc(draft.placed_at)))
    if draft.payment_terms == "cod" and total > paid:
        made.append(PaymentDraft("cod", total - paid, "cod_due"))
    return tuple(made)


METHODS = ("card", "upi", "bank", "cash", "cod", "voucher", "wallet", "boleto", "marketplace", "other")


def _terms(head: Row) -> str:
    terms = head.text("payment_terms").lower() or "prepaid"
    if terms not in ("prepaid", "cod", "credit"):
        raise Bad(head, "payment_terms", f"“{terms[:40]}” is not one of prepaid, cod, credit.")
    return terms


def _yes(head: Row, column: str, *, default: bool) -> bool:
    text = head.text(column).lower()
    if text and text not in (*YES, *NO):
        raise Bad(head, column, f"“{text[:40]}” is neither yes nor no.")
    return text in YES if text else default


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _address(head: Row) -> AddressDraft:
    return AddressDraft(
        name=head.text("ship_name") or head.text("customer_name"), company=head.text("company"), line1=head.text("ship_line1"),
        line2=head.text("ship_line2"), city=head.text("ship_city"), state=head.text("ship_state"),
        postal_code=unapostrophed(head.text("ship_postal_code")), country=country(head.text("ship_country")),
        phone=unapostrophed(head.text("phone")),
    )  # fmt: skip
