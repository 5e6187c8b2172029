"""Store the payments that came with captured or imported orders, thousands at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from oms.events.models import Event
from oms.events.publish import Fact, publish_all
from oms.kernel.clock import now
from oms.kernel.db import insert_rows
from payments.actions._move import payment_numbers, refund_numbers
from payments.models import Method, Payment, PaymentEvent, Refund, RefundPart
from payments.states import DEAD, PaymentStatus, RefundStatus

BY = "Order source"
PAYMENT_COLUMNS = (
    "number", "order", "status", "method", "amount", "currency", "reference", "received_at", "captured_amount",
    "refunded_amount", "pending_refund_amount", "is_historical", "note", "created_at", "updated_at",
)  # fmt: skip
FACT_COLUMNS = ("payment", "kind", "amount", "reference", "at", "actor_name")
REFUND_COLUMNS = (
    "number", "order", "status", "amount", "currency", "reason", "decision_note", "reference", "is_historical",
    "requested_by_name", "requested_at", "sent_at", "ended_at",
)  # fmt: skip


@dataclass
class Tender:
    """One payment as the source told it, with the row numbers it gets on the way."""

    stream: str
    order_id: int
    currency: str
    is_historical: bool
    method: str
    amount: Decimal
    status: str
    reference: str
    at: datetime
    captured: Decimal
    refunded: Decimal
    note: str = ""
    number: str = ""
    payment_id: int = 0
    refund_number: str = ""


def bring_in(events: Iterable[Event]) -> None:
    """Store the payments in the events' payloads. The order's own sums were set by capture in the same transaction."""
    tenders = [_read(event, given) for event in events for given in event.payload.get("payments", [])]
    if not tenders:
        return
    _keep_references_apart(tenders)
    _insert_payments(tenders)
    _insert_facts(tenders)
    _insert_refunds([t for t in tenders if t.refunded])
    publish_all([fact for t in tenders for fact in _facts(t)], actor="system")


def _read(event: Event, given: dict[str, Any]) -> Tender:
    amount, state = Decimal(given["amount"]), given["state"]
    captured = amount if state == PaymentStatus.CAPTURED else Decimal(0)
    refunded = min(Decimal(given.get("refunded") or 0), captured)
    if refunded:
        state = PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PARTIALLY_REFUNDED
    method, note = given["method"], ""
    if method not in Method.values:
        method, note = Method.OTHER, f"The source calls it {method}."
    return Tender(
        event.stream, event.payload["order_id"], event.payload["currency"], event.name == "orders.imported", method,
        amount, state, given.get("reference", "")[:120],
        datetime.fromisoformat(given["at"]) if given.get("at") else event.occurred_at, captured, refunded, note,
    )  # fmt: skip


def _keep_references_apart(tenders: list[Tender]) -> None:
    """A source may report one reference twice on an order; the second keeps its money and tells the reference in its note."""
    seen: set[tuple] = set()
    for t in tenders:
        key = (t.order_id, t.method, t.reference)
        if t.reference and t.status not in DEAD:
            if key in seen:
                t.note = f"{t.note} The source gave reference {t.reference} more than once.".strip()
                t.reference = ""
            seen.add(key)


def _insert_payments(tenders: list[Tender]) -> None:
    for t, number in zip(tenders, payment_numbers(len(tenders)), strict=True):
        t.number = number
    at = now()
    rows = [
        (t.number, t.order_id, t.status, t.method, t.amount, t.currency, t.reference, t.at, t.captured, t.refunded, 0,
         t.is_historical, t.note[:300], at, at)
        for t in tenders
    ]  # fmt: skip
    for t, pk in zip(tenders, insert_rows(Payment, PAYMENT_COLUMNS, rows), strict=True):
        t.payment_id = pk


def _insert_facts(tenders: list[Tender]) -> None:
    rows = []
    for t in tenders:
        said = [("recorded", t.amount), ("captured", t.captured), ("refunded", t.refunded)]
        rows += [(t.payment_id, kind, sum_, t.reference, t.at, BY) for kind, sum_ in said if sum_ or kind == "recorded"]
    insert_rows(PaymentEvent, FACT_COLUMNS, rows)


def _insert_refunds(tenders: list[Tender]) -> None:
    if not tenders:
        return
    for t, number in zip(tenders, refund_numbers(len(tenders)), strict=True):
        t.refund_number = number
    rows = [
        (t.refund_number, t.order_id, RefundStatus.SUCCEEDED, t.refunded, t.currency, "Refunded at the source", "",
         t.reference, t.is_historical, BY, t.at, t.at, t.at)
        for t in tenders
    ]  # fmt: skip
    ids = insert_rows(Refund, REFUND_COLUMNS, rows)
    parts = [(pk, t.payment_id, t.refunded) for pk, t in zip(ids, tenders, strict=True)]
    insert_rows(RefundPart, ("refund", "payment", "amount"), parts)


def _facts(t: Tender) -> list[Fact]:
    said = {"amount": str(t.amount), "currency": t.currency, "method": t.method, "reference": t.reference}
    facts = [
        Fact("payments.imported", t.number, t.stream, "payment", "import", "", t.status, occurred_at=t.at, payload=said)
    ]
    if t.refund_number:
        said = {"amount": str(t.refunded), "currency": t.currency, "payment": t.number}
        facts.append(
            Fact(
                "payments.refund_imported", t.refund_number, t.stream, "refund", "import", "", RefundStatus.SUCCEEDED,
                occurred_at=t.at, payload=said,
            )
        )  # fmt: skip
    return facts
