"""Marketplaces and shops whose export has one row per line or unit: what their columns mean, read by one reader.

A profile says which column is what; the reader turns rows into orders, keeps cancelled lines worth nothing, and puts whatever
the file's own total has beyond its parts into the adjustment, with a warning.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import partial
from pathlib import Path

from oms.kernel.money import format_money
from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_tables
from orders.channels.cells import (
    Bad,
    amount,
    build_each,
    count,
    country,
    currency,
    grouped,
    moment,
    priced,
    unapostrophed,
)
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, Past, PaymentDraft, ReadResult, RowReject

ZERO = Decimal(0)
# What a source's word for a line or an order means here.
OPEN, UNPAID, CANCELLED, SENT, DELIVERED, BACK = "open", "unpaid", "cancelled", "sent", "delivered", "back"


@dataclass(frozen=True)
class Profile:
    """The columns of one source. Empty: the source has no such column. Columns given as tuples are joined."""

    needed: tuple[str, ...]
    order_id: str
    placed: str
    sku: str
    status: str
    words: Mapping[str, str]  # the source's status words, lower case -> OPEN ... BACK
    times: tuple[str, ...]
    zone: tzinfo = UTC
    name: str = ""
    qty: str = ""  # none: every row is one unit
    unit_price: str = ""
    line_price: str = ""  # price of all units together
    paid_price: str = ""  # what was paid for the unit; the difference to unit_price is the discount
    discounts: tuple[str, ...] = ()
    taxes: tuple[str, ...] = ()
    tax_included: bool = True
    shipping: tuple[str, ...] = ()
    shipping_per_line: bool = False
    total: str = ""
    currency: str = ""
    default_currency: str = ""
    item_id: str = ""
    promised: str = ""
    promised_zone: tzinfo = UTC
    terms: str = "prepaid"
    pays: str = "marketplace"  # method of the payment the source has taken; "" when it says nothing of payments
    buyer: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    po: str = ""
    note: str = ""
    method: str = ""
    address: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default_country: str = ""


def read(
    profile: Profile, paths: Sequence[str | Path], fixes: Fixes = NO_FIXES, *, clean: Callable[[Table], Table] | None = None
) -> ReadResult:  # fmt: skip
    """Read files of the profile's source."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for table in read_tables(paths, fixes):
        table.require(*profile.needed)
        table = clean(table) if clean else table
        rows += len(table.rows)
        groups, refused = grouped(table.rows, profile.order_id)
        rejects += refused
        drafts += build_each(groups, partial(_order, profile), rejects)
    return ReadResult(drafts, rejects, rows)


def _order(p: Profile, key: str, rows: list[Row]) -> OrderDraft:
    head, key = rows[0], unapostrophed(key)
    placed = _when(head, p.placed, p.times, p.zone)
    if placed is None:
        raise Bad(head, p.placed, f"{p.placed} is empty.", kind="date")
    code = currency(head, p.currency, default=p.default_currency)
    states = [_state(p, row) for row in rows]
    lines = tuple(part for row, state in zip(rows, states, strict=True) for part in _lines(p, row, state, code))
    alive = [row for row, state in zip(rows, states, strict=True) if state != CANCELLED]
    shipping = sum((amount(r, c) for r in (alive if p.shipping_per_line else alive[:1]) for c in p.shipping), ZERO)
    past = _past(states, placed, p, head)
    draft = OrderDraft(
        external_id=key, external_name=key, placed_at=placed, currency=code, lines=lines, tax_included=p.tax_included,
        customer_name=_joined(head, p.buyer) or _joined(head, p.address.get("name", ())), email=head.text(p.email),
        phone=unapostrophed(head.text(p.phone)), ship_to=_address(p, head), shipping=shipping, payment_terms=p.terms,
        customer_po=head.text(p.po), note=head.text(p.note), shipping_method=head.text(p.method), past=past,
        promised_at=_when(head, p.promised, p.times, p.promised_zone) if p.promised else None,
        source_rows=tuple(r.number for r in rows),
    )  # fmt: skip
    return _paid(p, _stated(p, head, draft, all_cancelled=not alive), states)


def _state(p: Profile, row: Row) -> str:
    said = row.text(p.status).lower()
    if p.status and said not in p.words:
        raise Bad(row, p.status, f"“{said[:40]}” is not a state this source is known to use.", kind="choice")
    return p.words[said] if p.status else OPEN


def _lines(p: Profile, row: Row, state: str, code: str) -> Iterable[LineDraft]:
    sku = unapostrophed(row.text(p.sku)) or row.text(p.name)[:80]
    if not sku:
        raise Bad(row, p.sku, "The line has neither a SKU nor a name.", kind="sku")
    qty = count(row, p.qty, least=0 if state == CANCELLED else 1) if p.qty else 1
    name, item = row.text(p.name) or sku, row.text(p.item_id)
    value, discount = _value(p, row, max(qty, 1))
    tax = sum((amount(row, c) for c in p.taxes), ZERO)
    parts = priced(value, max(qty, 1), code)
    if state == CANCELLED:
        yield LineDraft(sku, name, 0, parts[0][1], external_id=item, qty_cancelled=max(qty, 1), note="Cancelled.")
        return
    sent, arrived = state in (SENT, DELIVERED, BACK), state == DELIVERED
    for at, (units, price) in enumerate(parts):
        off = min(discount, units * price)
        discount -= off
        yield LineDraft(
            sku, name, units, price, discount=off, tax=ZERO if at else tax, external_id="" if at else item,
            qty_dispatched=units if sent else 0, qty_delivered=units if arrived else 0,
        )  # fmt: skip


def _value(p: Profile, row: Row, qty: int) -> tuple[Decimal, Decimal]:
    """What all units cost before discount, and the discount."""
    if p.line_price:
        value = amount(row, p.line_price, default=None)
    else:
        value = qty * amount(row, p.unit_price, default=None)
    discount = sum((abs(amount(row, c, negative=True)) for c in p.discounts), ZERO)
    if p.paid_price and row.text(p.paid_price):
        discount = max(value - qty * amount(row, p.paid_price), ZERO)
    if discount > value:
        raise Bad(
            row,
            p.discounts[0] if p.discounts else p.paid_price,
            "The discount is more than the line is worth.",
            kind="amount",
        )
    return value, discount


def _past(states: list[str], placed: datetime, p: Profile, head: Row) -> Past | None:
    """What has happened at the source. Open lines beside sent ones: the order is under way."""
    alive = [state for state in states if state != CANCELLED]
    if not alive:
        return Past("cancelled", "Cancelled at the source.", confirmed_at=placed, cancelled_at=placed)
    if all(state == DELIVERED for state in alive):
        return Past("completed", confirmed_at=placed, dispatched_at=placed, delivered_at=placed)
    if any(state == BACK for state in alive):
        return Past("closed", f"{head.text(p.status)[:80]} at the source.", confirmed_at=placed)
    if any(state in (SENT, DELIVERED) for state in alive):
        return Past("processing", confirmed_at=placed, dispatched_at=placed)
    return None


def _stated(p: Profile, head: Row, draft: OrderDraft, *, all_cancelled: bool) -> OrderDraft:
    """With the source's own total; what it has beyond the parts becomes the adjustment."""
    parts = draft.computed_total()
    if not p.total or not head.text(p.total) or all_cancelled:
        return replace(draft, total=parts)
    total = amount(head, p.total)
    if total == parts:
        return replace(draft, total=total)
    said, rest = format_money(total, draft.currency), format_money(total - parts, draft.currency)
    note = f"The source's total {said} differs from its parts by {rest}."
    return replace(
        draft, total=total, adjustment=total - parts, adjustment_note="Difference between the source's total and its parts",
        warnings=(*draft.warnings, note),
    )  # fmt: skip


def _paid(p: Profile, draft: OrderDraft, states: list[str]) -> OrderDraft:
    total = draft.computed_total()
    if not p.pays or total <= 0 or (draft.past and draft.past.outcome in ("cancelled", "closed")):
        return draft
    state = "pending" if UNPAID in states else "captured"
    return replace(draft, payments=(PaymentDraft(p.pays, total, state, draft.external_id[:120], draft.placed_at),))


def _when(row: Row, column: str, times: tuple[str, ...], zone: tzinfo) -> datetime | None:
    return moment(row, column, times, zone)


def _joined(row: Row, columns: Iterable[str]) -> str:
    return " ".join(text for column in columns if (text := unapostrophed(row.text(column))))


def _address(p: Profile, row: Row) -> AddressDraft:
    parts = {name: _joined(row, columns) for name, columns in p.address.items()}
    code = country(parts.pop("country", "")) or (p.default_country if any(parts.values()) else "")
    return AddressDraft(**parts, country=code)
