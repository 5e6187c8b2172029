"""Shopify's order export: one row per line, the order's own columns only on the first row of each order.

Prices with or without tax are not marked in the file; which of the two it is follows from the totals. Anything the totals
cannot explain goes to the order's adjustment with a warning, so that the stored parts always sum to Shopify's total.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from oms.kernel.money import allocate, format_money
from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_tables
from orders.channels.cells import Bad, amount, build_each, count, country, currency, moment, required, unapostrophed
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject

ZERO = Decimal(0)
NEEDED = ("Name", "Financial Status", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Created at",
          "Lineitem quantity", "Lineitem name", "Lineitem price")  # fmt: skip
TIMES = ("%Y-%m-%d %H:%M:%S %z", "iso")
METHODS = {
    "shopify payments": "card", "stripe": "card", "credit card": "card", "paypal": "wallet", "paypal express checkout": "wallet",
    "gift card": "voucher", "cash on delivery (cod)": "cod", "cash on delivery": "cod", "cash": "cash",
    "bank deposit": "bank", "bank transfer": "bank",
}  # fmt: skip


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read one or more exports of the same shop; a column set of any year will do as long as the money columns are there."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for table in read_tables(paths, fixes):
        table.require(*NEEDED)
        rows += len(table.rows)
        drafts += build_each(_orders(table, rejects), _order, rejects)
    return ReadResult(drafts, rejects, rows)


def _orders(table: Table, rejects: list[RowReject]) -> dict[str, list[Row]]:
    """Rows of each order by Name. A row with its own Id begins an order; the rows below it with the same Name are its lines."""
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        name = row.text("Name")
        if name:
            groups.setdefault(name, []).append(row)
        else:
            column, reason = row.bad or ("Name", "Name is empty, so the row belongs to no order.")
            rejects.append(RowReject(row.number, column, reason))
    return groups


@dataclass(frozen=True)
class _Totals:
    """The order's money as the export states it."""

    code: str
    subtotal: Decimal
    shipping: Decimal
    taxes: Decimal
    discount: Decimal
    extras: Decimal  # tip and duties
    total: Decimal
    refunded: Decimal
    outstanding: Decimal

    def said(self, amount: Decimal) -> str:
        return format_money(amount, self.code)


def _order(name: str, rows: list[Row]) -> OrderDraft:
    head = rows[0]
    totals = _totals(head)
    placed = moment(head, "Created at", TIMES)
    if placed is None:
        raise Bad(head, "Created at", "Created at is empty.")
    past = _past(head, placed)
    tax_included, shipping = _reading(totals)
    lines, unexplained = _lines(rows, totals, past)
    spread, shipping_tax = _with_tax(lines, head, totals)
    parts = sum((x.qty * x.unit_price - x.discount for x in spread), ZERO) + shipping
    adjustment = totals.total - parts - (ZERO if tax_included else totals.taxes)
    notes, warnings = _explain(totals, adjustment, unexplained)
    note_text = "\n".join(t for t in (head.text("Notes"), head.text("Note Attributes")) if t)
    payments, terms = _payments(head, totals, placed)
    return OrderDraft(
        external_id=unapostrophed(head.text("Id")) or name, external_name=name, placed_at=placed, currency=totals.code,
        lines=tuple(spread), customer_name=head.text("Billing Name") or head.text("Shipping Name"),
        email=head.text("Email"), phone=unapostrophed(head.text("Phone") or head.text("Shipping Phone")),
        company=head.text("Billing Company"), ship_to=_address(head, "Shipping"), bill_to=_address(head, "Billing"),
        tax_included=tax_included, shipping=shipping, shipping_tax=shipping_tax, adjustment=adjustment,
        adjustment_note=notes, total=totals.total, payment_terms=terms, payments=payments, note=note_text,
        tags=tuple(t.strip() for t in head.text("Tags").split(",") if t.strip()), shipping_method=head.text("Shipping Method"),
        past=past, source_rows=tuple(r.number for r in rows), warnings=(*warnings, *_doubts(head, rows, totals, past)),
        extra=_extra(head),
    )  # fmt: skip


def _totals(head: Row) -> _Totals:
    return _Totals(
        currency(head, "Currency"), amount(head, "Subtotal", default=None), amount(head, "Shipping"), amount(head, "Taxes"),
        amount(head, "Discount Amount"), amount(head, "Tip") + amount(head, "Duties"), amount(head, "Total", default=None),
        amount(head, "Refunded Amount"), amount(head, "Outstanding Balance", negative=True),
    )  # fmt: skip


def _reading(t: _Totals) -> tuple[bool, Decimal]:
    """(prices contain tax, shipping charged): the reading under which the totals add up, else tax included."""
    free = max(t.shipping - t.discount, ZERO)
    for shipping in (t.shipping, free):
        for included in (True, False):
            if t.subtotal + shipping + t.extras + (ZERO if included else t.taxes) == t.total:
                return included, shipping
    return True, t.shipping


def _lines(rows: list[Row], t: _Totals, past: Past | None) -> tuple[list[LineDraft], Decimal]:
    """The lines with their share of the discount, and what of the subtotal they cannot explain."""
    plain = [_line(row, past) for row in rows]
    gross = [x.qty * x.unit_price for x in plain]
    own = [x.discount for x in plain]
    rest = sum(gross, ZERO) - sum(own, ZERO) - t.subtotal
    room = [g - d for g, d in zip(gross, own, strict=True)]
    if not ZERO <= rest <= sum(room, ZERO):
        return plain, rest
    shares = allocate(rest, room, t.code)
    return [_discounted(x, share) for x, share in zip(plain, shares, strict=True)], ZERO


def _discounted(line: LineDraft, more: Decimal) -> LineDraft:
    return LineDraft(**{**line.__dict__, "discount": line.discount + more}) if more else line


def _line(row: Row, past: Past | None) -> LineDraft:
    qty, price = count(row, "Lineitem quantity"), amount(row, "Lineitem price", default=None)
    name = required(row, "Lineitem name")
    discount = amount(row, "Lineitem discount")
    if discount > qty * price:
        raise Bad(row, "Lineitem discount", "The discount is more than the line is worth.")
    return LineDraft(
        sku=unapostrophed(row.text("Lineitem sku")) or _sku_from(name), name=name, qty=qty, unit_price=price,
        discount=discount, qty_dispatched=_dispatched(row, qty) if past and past.outcome == "processing" else 0,
    )  # fmt: skip


def _sku_from(name: str) -> str:
    """Shops may sell without SKUs; the name then stands for the product, so that equal names meet the same product."""
    return name[:80]


def _dispatched(row: Row, qty: int) -> int:
    """Shopify says `partial` without a number: one unit is certain."""
    return {"fulfilled": qty, "partial": min(1, qty)}.get(row.text("Lineitem fulfillment status"), 0)


def _with_tax(lines: list[LineDraft], head: Row, t: _Totals) -> tuple[list[LineDraft], Decimal]:
    """Spread the order's tax over the lines by value; an order without priced lines carries it on shipping."""
    nets = [x.qty * x.unit_price - x.discount for x in lines]
    if not t.taxes or not any(nets):
        return lines, t.taxes
    shares = allocate(t.taxes, nets, t.code)
    rate = _rate(head)
    return [
        LineDraft(**{**x.__dict__, "tax": share, "tax_rate": rate}) for x, share in zip(lines, shares, strict=True)
    ], ZERO


def _rate(head: Row) -> Decimal | None:
    """The rate in "HR VAT 25%", as a percentage, when the order has exactly one tax."""
    if head.text("Tax 2 Name"):
        return None
    found = re.search(r"(\d{1,2}(\.\d{1,4})?)\s*%", head.text("Tax 1 Name"))
    return Decimal(found[1]) if found else None


def _explain(t: _Totals, adjustment: Decimal, unexplained: Decimal) -> tuple[str, list[str]]:
    if not adjustment:
        return "", []
    if adjustment == t.extras:
        return "Tip and duties", []
    note = "Difference between Shopify's total and its parts" + (" (with tip and duties)" if t.extras else "")
    cause = " The lines do not sum to the subtotal." if unexplained else ""
    return note, [f"Shopify's total {t.said(t.total)} differs from its parts by {t.said(adjustment)}.{cause}"]


def _doubts(head: Row, rows: list[Row], t: _Totals, past: Past | None) -> list[str]:
    found = []
    if t.refunded > t.total:
        found.append(f"Refunded {t.said(t.refunded)} is more than the total {t.said(t.total)}.")
    if past and past.outcome == "completed":
        found.append("Shopify reports the order as fulfilled; whether it was delivered is not in the export.")
    if any(r.text("Lineitem fulfillment status") == "partial" and r.text("Lineitem quantity") != "2" for r in rows):
        found.append("A line is partly fulfilled; Shopify does not say how many units. One is counted as dispatched.")
    if head.text("Fulfillment Status") == "fulfilled" and any(
        r.text("Lineitem fulfillment status") == "pending" for r in rows
    ):
        found.append("The order is fulfilled, but a line is still pending; it was probably removed or refunded.")
    return found


def _past(head: Row, placed: datetime) -> Past | None:
    """What Shopify says has happened. Not (fully) sent and not called off: an open order."""
    cancelled, fulfilled = moment(head, "Cancelled at", TIMES), moment(head, "Fulfilled at", TIMES)
    paid = moment(head, "Paid at", TIMES)
    status, money = head.text("Fulfillment Status").lower(), head.text("Financial Status").lower()
    if cancelled:
        return Past("cancelled", "Cancelled at the source.", confirmed_at=paid or placed, cancelled_at=cancelled)
    if status == "fulfilled":
        return Past("completed", confirmed_at=paid or placed, dispatched_at=fulfilled or paid or placed)
    if status == "partial":
        return Past("processing", confirmed_at=paid or placed, dispatched_at=fulfilled)
    if money in ("refunded", "voided", "expired"):
        return Past(
            "closed", f"{money.capitalize()} at the source before anything was sent.", confirmed_at=paid or placed
        )
    return None


def _payments(head: Row, t: _Totals, placed: datetime) -> tuple[tuple[PaymentDraft, ...], str]:
    """Shopify gives one sum for all tenders; two methods joined by " + " are one payment called `other`."""
    money, label = head.text("Financial Status").lower(), head.text("Payment Method")
    methods = [METHODS.get(m.strip().lower(), "other") for m in label.split(" + ") if m.strip()]
    method = methods[0] if len(set(methods)) == 1 else "other"
    terms = "cod" if method == "cod" else "prepaid"
    due = t.total - t.outstanding if money == "partially_paid" else t.total
    state = {
        "paid": "captured", "partially_paid": "captured", "refunded": "captured", "partially_refunded": "captured",
        "authorized": "authorized", "pending": "cod_due" if terms == "cod" else "pending", "voided": "voided", "expired": "voided",
    }.get(money)  # fmt: skip
    if state is None:
        raise Bad(head, "Financial Status", f"“{money}” is not a payment state Shopify uses.")
    if not due > 0:
        return (), terms
    reference = unapostrophed(head.text("Payment ID") or head.text("Payment Reference"))
    at = moment(head, "Paid at", TIMES) or placed
    return (PaymentDraft(method, due, state, reference[:120], at.astimezone(UTC), t.refunded),), terms


def _address(head: Row, kind: str) -> AddressDraft:
    def cell(what: str) -> str:
        return unapostrophed(head.text(f"{kind} {what}"))

    return AddressDraft(
        name=cell("Name"), company=cell("Company"), line1=cell("Address1") or cell("Street"), line2=cell("Address2"),
        city=cell("City"), state=cell("Province"), postal_code=cell("Zip"), country=country(cell("Country")), phone=cell("Phone"),
    )  # fmt: skip


def _extra(head: Row) -> dict:
    named = {
        "source": "Source",
        "risk": "Risk Level",
        "discount_code": "Discount Code",
        "payment_method": "Payment Method",
    }
    return {key: head.text(column)[:120] for key, column in named.items() if head.text(column)}
