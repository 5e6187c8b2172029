"""What a draft must satisfy before it can become an order, whoever sent it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from oms.kernel.clock import now
from oms.kernel.currencies import CURRENCIES
from oms.kernel.errors import Refusal
from oms.kernel.money import quantize
from orders.channels.draft import OrderDraft

MAX_QTY = 1_000_000
MAX_MONEY = Decimal(10) ** 11
CLOCK_SKEW = timedelta(hours=24)
OUTCOMES = ("processing", "completed", "closed", "cancelled")


def problems(draft: OrderDraft) -> list[Refusal]:
    """Every reason why `draft` cannot be stored; `details["field"]` points into the draft. Empty means it can."""
    found = [*_header(draft), *_lines(draft), *_money(draft)]
    return found


def _no(code: str, field: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, {"field": field})


def _header(d: OrderDraft) -> list[Refusal]:
    found = []
    if not d.external_id:
        found.append(_no("external_id_missing", "external_id", "The order has no id of its own; give it one."))
    if len(d.external_id) > 120:
        found.append(_no("external_id_long", "external_id", "The order id is longer than 120 characters."))
    if d.placed_at.tzinfo is None:
        found.append(_no("placed_at_naive", "placed_at", "The order date has no time zone."))
    elif d.placed_at > now() + CLOCK_SKEW:
        found.append(_no("placed_at_future", "placed_at", f"The order date {d.placed_at:%d %b %Y} is in the future."))
    if d.past and d.past.outcome not in OUTCOMES:
        found.append(_no("outcome_unknown", "past.outcome", f"“{d.past.outcome}” is not a known outcome."))
    if d.payment_terms not in ("prepaid", "cod", "credit"):
        found.append(_no("terms_unknown", "payment_terms", "Payment terms are prepaid, cod or credit."))
    if any("\x00" in text for text in _texts(d)):
        found.append(_no("nul", "", "The text contains a NUL character."))
    return found


def _texts(d: OrderDraft) -> Iterator[str]:
    places = [line.ship_to for line in d.lines if line.ship_to]
    for part in (d, d.ship_to, d.bill_to, *places, *d.lines, *d.payments, d.past):
        if part:
            yield from (value for value in part.__dict__.values() if isinstance(value, str))
    yield from d.tags
    yield from (str(value) for value in d.extra.values())


def _lines(d: OrderDraft) -> list[Refusal]:
    if not d.lines and not (d.past and d.past.outcome in ("closed", "cancelled")):
        return [_no("no_lines", "lines", "The order has no lines.")]
    found = []
    for i, line in enumerate(d.lines):
        at = f"lines.{i}"
        if not line.sku and not line.name:
            found.append(_no("sku_missing", f"{at}.sku", f"Line {i + 1} has neither a SKU nor a name."))
        if not 0 <= line.qty <= MAX_QTY or (line.qty == 0 and not line.qty_cancelled and not d.past):
            found.append(
                _no("qty_bad", f"{at}.qty", f"Line {i + 1}: the quantity must be a whole number from 1 to {MAX_QTY:,}.")
            )
        if line.unit_price < 0 or line.discount < 0:
            found.append(
                _no("price_negative", f"{at}.unit_price", f"Line {i + 1}: price and discount cannot be negative.")
            )
        if line.discount > line.qty * line.unit_price:
            found.append(
                _no("discount_high", f"{at}.discount", f"Line {i + 1}: the discount is more than the line is worth.")
            )
    return found


def _money(d: OrderDraft) -> list[Refusal]:
    if d.currency not in CURRENCIES:
        return [_no("currency_unknown", "currency", f"“{d.currency}” is not an ISO 4217 currency.")]
    if bad := _payments(d):
        return bad
    computed = d.computed_total()
    if abs(computed) > MAX_MONEY:
        return [_no("total_huge", "total", "The total is larger than any order we can book.")]
    if d.total is not None and d.total not in (computed, d.exact_total(), d.coins(d.exact_total())):
        return [_no("total_mismatch", "total", f"The total {d.total} is not the sum of its parts, {computed}.")]
    if d.booked_total() < 0:
        return [_no("total_negative", "total", "The total of an order cannot be negative.")]
    return []


def _payments(d: OrderDraft) -> list[Refusal]:
    found = []
    for i, p in enumerate(d.payments):
        if not 0 <= p.amount <= MAX_MONEY or p.refunded < 0:
            sentence = f"Payment {i + 1}: the amount must be from 0 to {MAX_MONEY:,}."
            found.append(_no("payment_bad", f"payments.{i}.amount", sentence))
        elif p.amount != quantize(p.amount, d.currency):
            sentence = f"Payment {i + 1}: {p.amount.normalize():f} is finer than the smallest coin of {d.currency}."
            found.append(_no("payment_fine", f"payments.{i}.amount", sentence))
    return found


def is_aware(moment: datetime | None) -> bool:
    return moment is None or moment.tzinfo is not None
