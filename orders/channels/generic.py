"""The project's own layout for everybody without a named one: one row per line, order columns repeated or only on the first.

Columns are described in docs/imports.md. Column names are read without regard to case, spaces and underscores.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from oms.kernel.money import quantize
from oms.tables.files import NO_FIXES, Fixes, Row, read_tables
from orders.channels.cells import (
    Bad,
    Gather,
    amount,
    build_each,
    count,
    country,
    currency,
    email,
    examples,
    grouped,
    moment,
    unapostrophed,
)
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft, ReadResult, RowReject
from orders.channels.matching import Matching

ZERO = Decimal(0)
NEEDED = ("order_id", "sku", "quantity", "unit_price")
COLUMNS = (
    *NEEDED, "placed_at", "currency", "name", "discount", "tax", "tax_included", "shipping", "total", "customer_name", "email",
    "phone", "company", "priority",
    "ship_name", "ship_phone", "ship_line1", "ship_line2", "ship_city", "ship_state", "ship_postal_code", "ship_country",
    "payment_terms", "paid", "payment_method", "payment_reference", "customer_po", "note", "tags", "shipping_method", "promised_at",
)  # fmt: skip
TIMES = ("iso", "%d/%m/%Y", "%d/%m/%Y %H:%M")
KEY, OURS = "csv", Matching(times=TIMES)
YES, NO = ("yes", "true", "1"), ("no", "false", "0")
METHODS = ("card", "upi", "bank", "cash", "cod", "voucher", "wallet", "boleto", "marketplace", "other")
TERMS = ("prepaid", "cod", "credit")
PRIORITIES = {"urgent": 1, "high": 2, "normal": 3, "low": 4}


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES, matching: Matching | None = None) -> ReadResult:
    """Read files in our own layout, or in one whose columns `matching` translates into ours; it says the currency of both."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    matching = matching or OURS
    make = partial(_order, matching=matching)
    for table in read_tables(paths, fixes):
        table = matching.apply(table) if matching.columns else table.renamed(plain)
        table.require(*NEEDED)
        rows += len(table.rows)
        groups, refused = grouped(table.rows, "order_id")
        rejects += refused
        drafts += build_each(groups, make, rejects)
    return ReadResult(drafts, rejects, rows)


def plain(column: str) -> str:
    """A column's name as this layout compares it: "Order ID" and "order-id" are order_id."""
    return "_".join(column.lower().replace("-", " ").replace("_", " ").split())


def _order(key: str, rows: list[Row], matching: Matching) -> OrderDraft:
    head, gather = rows[0], Gather()
    placed = gather(lambda: _placed(head, matching), EPOCH)
    code = gather(lambda: currency(head, "currency", default=matching.currency or "INR"), "INR")
    draft = OrderDraft(
        external_id=key, external_name=key, placed_at=placed, currency=code,
        lines=tuple(_line(row, code, gather) for row in rows),
        tax_included=gather(lambda: _yes(head, "tax_included", default=matching.tax_included), True),
        customer_name=head.text("customer_name"), email=gather(lambda: email(head, "email"), ""),
        phone=unapostrophed(head.text("phone")), company=head.text("company"),
        shipping=gather(lambda: _in_coins(head, "shipping", code), ZERO),
        payment_terms=gather(lambda: _one_of(head, "payment_terms", TERMS, "prepaid"), "prepaid"),
        customer_po=head.text("customer_po"), note=head.text("note"),
        tags=tuple(t.strip() for t in head.text("tags").split(",") if t.strip()), shipping_method=head.text("shipping_method"),
        promised_at=gather(lambda: moment(head, "promised_at", matching.times), None),
        source_rows=tuple(r.number for r in rows),
    )  # fmt: skip
    address = _address(head, gather(lambda: _country(head), ""))
    elsewhere = [None, *(_elsewhere(row, address, gather(partial(_country, row), "")) for row in rows[1:])]
    asked = gather(lambda: _one_of(head, "priority", ("", *PRIORITIES), ""), "")
    method = gather(lambda: _one_of(head, "payment_method", METHODS, "other"), "other")
    paid = gather(lambda: amount(head, "paid"), ZERO)
    stated = gather(lambda: amount(head, "total", default=ZERO), ZERO)
    gather.finish()
    total = draft.computed_total()
    if head.text("total") and stated != total:
        reason = f"The total {stated} is not the sum of its lines, discounts, tax and shipping: {total}."
        raise Bad(head, "total", reason, kind="amount", suggestion=f"{total:f}")
    payments = _payments(draft, paid, method, head.text("payment_reference"))
    lines = tuple(replace(line, ship_to=to) for line, to in zip(draft.lines, elsewhere, strict=True))
    return replace(
        draft, lines=lines, ship_to=address, bill_to=address, total=total, payments=payments, priority=PRIORITIES.get(asked)
    )  # fmt: skip


EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # stands for a date that could not be read until `finish` refuses the order


def _placed(head: Row, matching: Matching) -> datetime:
    placed = moment(head, "placed_at", matching.times)
    if placed is None:
        raise Bad(
            head, "placed_at", f"The cell is empty: when was the order placed? Write it like {examples(matching.times)}.",
            kind="date",
        )  # fmt: skip
    return placed


def _line(row: Row, code: str, gather: Gather) -> LineDraft:
    sku, name, found = unapostrophed(row.text("sku")), row.text("name"), len(gather.bads)
    qty = gather(lambda: count(row, "quantity"), 1)
    price = gather(lambda: amount(row, "unit_price", default=None), ZERO)
    discount = gather(lambda: _in_coins(row, "discount", code), ZERO)
    tax = gather(lambda: _in_coins(row, "tax", code), ZERO)
    if not sku and not name:
        gather.bads.append(Bad(row, "sku", "The line has neither a SKU nor a name.", kind="sku"))
    if len(gather.bads) == found:
        gather(lambda: _sensible(row, qty * price, discount, code), None)
    return LineDraft(sku, name or sku, qty, price, discount=discount, tax=tax)


def _sensible(row: Row, value: Decimal, discount: Decimal, code: str) -> None:
    if discount > value:
        raise Bad(row, "discount", "The discount is more than the line is worth.", kind="amount")
    if value != quantize(value, code):
        raise Bad(row, "unit_price", _too_fine(value, code), kind="amount")


def _in_coins(row: Row, column: str, code: str) -> Decimal:
    value = amount(row, column)
    if value != quantize(value, code):
        raise Bad(row, column, _too_fine(value, code), kind="amount", suggestion=f"{quantize(value, code):f}")
    return value


def _too_fine(value: Decimal, code: str) -> str:
    return f"{value.normalize():f} is finer than the smallest coin of {code}."


def _payments(draft: OrderDraft, paid: Decimal, method: str, reference: str) -> tuple[PaymentDraft, ...]:
    total, made = draft.computed_total(), []
    if paid:
        made.append(PaymentDraft(method, paid, "captured", reference[:120], draft.placed_at.astimezone(UTC)))
    if draft.payment_terms == "cod" and total > paid:
        made.append(PaymentDraft("cod", total - paid, "cod_due"))
    return tuple(made)


def _one_of(head: Row, column: str, known: Sequence[str], default: str) -> str:
    text = head.text(column).lower() or default
    if text not in known:
        near = next(iter(get_close_matches(text, known, 1)), "")
        words = ", ".join(filter(None, known))
        raise Bad(head, column, f"“{text[:40]}” is not one of {words}.", kind="choice", suggestion=near)
    return text


def _yes(head: Row, column: str, *, default: bool) -> bool:
    text = head.text(column).lower()
    if text and text not in (*YES, *NO):
        near = "no" if text.startswith("n") else "yes" if text.startswith("y") else ""
        raise Bad(head, column, f"“{text[:40]}” is neither yes nor no.", kind="choice", suggestion=near)
    return text in YES if text else default


def _country(head: Row) -> str:
    text = head.text("ship_country")
    found = country(text)
    if text and not found:
        raise Bad(
            head, "ship_country", f"“{text[:40]}” is no country we know. Write it in English, or as IN.", kind="country"
        )
    return found


def _address(head: Row, country_code: str) -> AddressDraft:
    said = _said(head, country_code)
    said["name"] = said["name"] or head.text("customer_name")
    said["phone"] = said["phone"] or unapostrophed(head.text("phone"))
    return AddressDraft(**said, company=head.text("company"))


def _elsewhere(row: Row, own: AddressDraft, country_code: str) -> AddressDraft | None:
    """Where the row's line goes when its address says something that the order's own does not; nothing is mixed of both."""
    said = {name: text for name, text in _said(row, country_code).items() if text}
    if all(getattr(own, name) == text for name, text in said.items()):
        return None
    if not {"line1", "city", "postal_code"} & said.keys():  # another person, phone or state at the same door
        return replace(own, **said)
    return AddressDraft(**{"name": own.name, "country": own.country, "phone": own.phone} | said, company=own.company)


def _said(row: Row, country_code: str) -> dict[str, str]:
    texts = {name: row.text(f"ship_{name}") for name in ("name", "line1", "line2", "city", "state")}
    codes = {name: unapostrophed(row.text(f"ship_{name}")) for name in ("postal_code", "phone")}
    return texts | codes | {"country": country_code}
