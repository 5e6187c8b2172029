"""Turn a checked draft into an unsaved order with its lines, complete up to the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from inventory.supply import Item
from oms.kernel.clock import business_date
from oms.kernel.money import quantize
from orders.answer import derive
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft
from orders.exchange import Books, set_rate
from orders.finding import search_terms
from orders.models import Channel, Order, OrderLine, Priority
from orders.models.line import QTY_COLUMNS
from orders.stagebook import StageInfo
from orders.states import OrderStatus
from orders.tags import tag_terms


@dataclass
class Built:
    """An order about to be stored. `open_qty`: units per line that want stock, in line order (0: none)."""

    draft: OrderDraft
    order: Order
    lines: list[OrderLine]
    open_qty: list[int]
    hold_lines: list[int]  # indexes of lines whose SKU nobody knows
    further: list[AddressDraft] = field(default_factory=list)  # addresses of lines that are not the order's own
    goes_to: list[int] = field(default_factory=list)  # per line: 0 the order's own address, else its place in `further`


def source_hash(draft: OrderDraft) -> str:
    """Changes when anything the source said about the order changes."""
    said = repr(draft)
    if apart := [(i, line.ship_to) for i, line in enumerate(draft.lines) if line.ship_to]:
        said += repr(apart)
    if draft.priority is not None:
        said += f"priority={draft.priority}"
    return sha256(said.encode()).hexdigest()


def build(
    draft: OrderDraft, number: str, *, channel: Channel, customer_id: int | None, products: Mapping[str, Item],
    book: dict[str, StageInfo], books: Books, at: datetime,
) -> Built:  # fmt: skip
    """Build one order. Live orders expect full stock: the claim that follows corrects the few that come up short."""
    digest = source_hash(draft)
    draft, further, goes_to = places_of(draft)
    order = Order(
        number=number, channel=channel, external_id=draft.external_id, external_name=draft.external_name[:120],
        source_hash=digest, is_historical=draft.past is not None, extra=draft.extra, customer_id=customer_id,
        customer_name=(draft.customer_name or draft.ship_to.name or draft.bill_to.name or draft.company)[:160],
        email=draft.email[:254], phone=draft.phone[:32], ship_to=address_json(draft.ship_to), bill_to=address_json(draft.bill_to),
        ship_city=draft.ship_to.city[:100], ship_country=draft.ship_to.country[:2], customer_po=draft.customer_po[:80],
        shipping_method=draft.shipping_method[:120], customer_note=draft.note, tags=[t[:40] for t in draft.tags],
        currency=draft.currency, tax_included=draft.tax_included, payment_terms=draft.payment_terms,
        confirmation_basis=channel.confirmation_basis, advance_percent=channel.advance_percent,
        return_window_days=channel.return_window_days, placed_at=draft.placed_at, created_at=at, updated_at=at,
        promised_at=draft.promised_at or draft.placed_at + timedelta(hours=channel.dispatch_within_hours), stage_since=at,
        priority=Priority.NORMAL if draft.priority is None else draft.priority,
    )  # fmt: skip
    lines = [_line(draft, i, line, products) for i, line in enumerate(draft.lines)]
    hold_lines = [i for i, line in enumerate(lines) if line.product_id is None and not line.is_channel_fulfilled]
    order.address_count = 1 + len(further)
    built = Built(draft, order, lines, [0] * len(lines), [] if draft.past else hold_lines, further, goes_to)
    _totals(order, lines, draft)
    set_rate(order, books.currency, books.rate(draft.currency, business_date(draft.placed_at)))
    _money(order, draft)
    _past(order, lines, draft) if draft.past else _status(order, OrderStatus.NEW)
    _expect_stock(built)
    _sum(order, lines)
    order.search_terms = search_terms(
        number, order.external_id, order.external_name, order.customer_name, order.email, order.customer_po,
        draft.ship_to.postal_code, draft.past.tracking_number if draft.past else "", *(line.sku for line in lines),
        *(a.postal_code for a in further), phones=(order.phone, draft.ship_to.phone, *(a.phone for a in further)),
    )  # fmt: skip
    order.search_terms += tag_terms(order.tags)
    order.stage = ""
    derive(order, [], book, at)
    if draft.past:
        order.stage_since = _last_moment(draft)
    return built


def places_of(draft: OrderDraft) -> tuple[OrderDraft, list[AddressDraft], list[int]]:
    """The draft with an address of its own, the further ones in the order of its lines, and where each line goes."""
    if not any(line.ship_to for line in draft.lines):
        return draft, [], []
    said = [line.ship_to if line.ship_to and not line.ship_to.is_empty() else draft.ship_to for line in draft.lines]
    if draft.ship_to.is_empty():  # only the lines say where: the first place stands for the order
        draft = replace(draft, ship_to=next((a for a in said if not a.is_empty()), draft.ship_to))
        said = [draft.ship_to if a.is_empty() else a for a in said]
    further = [a for a in dict.fromkeys(said) if a != draft.ship_to]
    return draft, further, [further.index(a) + 1 if a in further else 0 for a in said]


def address_json(address) -> dict:
    """An address as the order stores it: only what is known."""
    return {k: v for k, v in address.__dict__.items() if v}


def _line(draft: OrderDraft, i: int, line: LineDraft, products: Mapping[str, Item]) -> OrderLine:
    product = None if line.fulfilled_by_channel else products.get(line.sku)
    return OrderLine(
        position=i + 1, product_id=product.id if product else None, sku=line.sku[:80],
        name=(line.name or (product.name if product else line.sku))[:255], external_id=line.external_id[:80],
        unit_price=line.unit_price, discount=quantize(line.discount, draft.currency), tax=quantize(line.tax, draft.currency),
        tax_rate=line.tax_rate, total=draft.stored_line(line), note=line.note[:300],
        is_channel_fulfilled=line.fulfilled_by_channel, qty_ordered=max(line.qty, line.qty_cancelled),
        qty_cancelled=line.qty_cancelled, qty_dispatched=line.qty_dispatched, qty_delivered=line.qty_delivered,
    )  # fmt: skip


def _totals(order: Order, lines: list[OrderLine], draft: OrderDraft) -> None:
    """Each line is rounded once and stored; the total is the sum of what is stored, never rounded by itself."""
    order.shipping_total, order.shipping_tax = draft.coins(draft.shipping), draft.coins(draft.shipping_tax)
    rounding, order.adjustment_note = draft.rounding(), draft.adjustment_note[:200]
    order.adjustment_total = draft.coins(draft.adjustment) + rounding
    if rounding:
        said = draft.adjustment_note[:170]
        order.adjustment_note = f"{said}, rounding at the source" if said else "Rounding at the source"
    order.discount_total = sum((x.discount for x in lines), Decimal(0))
    order.tax_total = sum((x.tax for x in lines), order.shipping_tax)
    tax_on_shipping = Decimal(0) if draft.tax_included else order.shipping_tax
    parts = order.shipping_total + tax_on_shipping + order.adjustment_total
    order.total = sum((x.total for x in lines), parts)


def _money(order: Order, draft: OrderDraft) -> None:
    """The sums the payments app will store rows for in the same transaction; doctor compares the two."""
    for p in draft.payments:
        if p.state == "captured":
            order.paid_total += p.amount
            order.refunded_total += min(p.refunded, p.amount)
        elif p.state == "authorized":
            order.authorized_total += p.amount
        elif p.state == "verification_pending":
            order.verifying_total += p.amount
        elif p.state == "cod_due":
            order.cod_outstanding += p.amount
        elif p.state == "failed":
            order.has_failed_payment = True


def _status(order: Order, status: str) -> None:
    # The row is new: its first state is where its history begins, not a move. setattr by name passes fsm protection.
    order.__dict__["status"] = status


def _past(order: Order, lines: list[OrderLine], draft: OrderDraft) -> None:
    past = draft.past
    assert past is not None
    _status(order, past.outcome)
    order.confirmed_at, order.cancelled_at = past.confirmed_at or draft.placed_at, past.cancelled_at
    order.dispatched_at, order.delivered_at, order.end_reason = past.dispatched_at, past.delivered_at, past.reason[:300]
    order.promised_at = past.promised_at or order.promised_at
    if past.outcome == OrderStatus.COMPLETED:
        order.completed_at = _last_moment(draft)
        for line in lines:
            line.qty_dispatched = line.qty_delivered = line.qty_ordered - line.qty_cancelled
    elif past.outcome == OrderStatus.CANCELLED:
        order.cancelled_total, order.cancelled_at = order.total, past.cancelled_at or _last_moment(draft)
        for line in lines:
            line.qty_cancelled, line.qty_dispatched, line.qty_delivered = line.qty_ordered, 0, 0
    elif past.outcome == OrderStatus.CLOSED:
        order.closed_at = _last_moment(draft)


def _last_moment(draft: OrderDraft) -> datetime:
    p = draft.past
    assert p is not None
    return p.delivered_at or p.cancelled_at or p.dispatched_at or p.confirmed_at or draft.placed_at


def _expect_stock(built: Built) -> None:
    live = built.order.status in (OrderStatus.NEW, OrderStatus.PROCESSING)
    for i, line in enumerate(built.lines):
        if live and line.product_id and line.qty_open > 0:
            built.open_qty[i] = line.qty_open
            held = "qty_reserved" if built.order.status == OrderStatus.NEW else "qty_allocated"
            setattr(line, held, line.qty_open)


def _sum(order: Order, lines: list[OrderLine]) -> None:
    for name in QTY_COLUMNS:
        setattr(order, name, sum(getattr(x, name) for x in lines))
    order.line_count = len(lines)
