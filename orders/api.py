"""Orders over HTTP. Create goes through the same capture action as forms and files."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from oms.intake.auth import lacks_scope
from oms.intake.idempotency import once
from oms.intake.models import ApiKey, Scope
from oms.intake.moment import Moment
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.load import load_first
from orders.actions.capture import Captured, capture_orders
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, PaymentDraft
from orders.models import Channel, Order, Priority

router = Router()
Money = Decimal
PriorityWord = Literal["urgent", "high", "normal", "low"]
MAX_BATCH = 500


class Strict(BaseModel):
    """Bodies are plain pydantic models: ninja's Schema wraps every nested object to read Django rows, which bodies are not."""

    model_config = ConfigDict(extra="forbid")


class AddressIn(Strict):
    name: str = Field("", max_length=160)
    company: str = Field("", max_length=160)
    line1: str = Field("", max_length=200)
    line2: str = Field("", max_length=200)
    city: str = Field("", max_length=100)
    state: str = Field("", max_length=100)
    postal_code: str = Field("", max_length=20)
    country: str = Field("", pattern="^([A-Z]{2})?$", description="ISO 3166 alpha-2")
    phone: str = Field("", max_length=32)


class LineIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    name: str = Field("", max_length=255)
    qty: int = Field(ge=1, le=1_000_000)
    unit_price: Money = Field(ge=0, max_digits=14, decimal_places=4)
    discount: Money = Field(
        Decimal(0), ge=0, max_digits=14, decimal_places=4, description="This line's share, whole line"
    )
    tax: Money = Field(Decimal(0), ge=0, max_digits=14, decimal_places=4)
    external_id: str = Field("", max_length=80)
    note: str = Field("", max_length=300)
    ship_to: AddressIn | None = Field(None, description="Where this line goes; left out: to the order's `ship_to`")

    def draft(self) -> LineDraft:
        values = self.__dict__ | {"ship_to": AddressDraft(**self.ship_to.__dict__) if self.ship_to else None}
        return LineDraft(**values)


class PaymentIn(Strict):
    method: str = Field(pattern="^(card|upi|bank|cash|cod|voucher|wallet|marketplace|other)$")
    amount: Money = Field(gt=0, max_digits=14, decimal_places=4)
    state: str = Field("captured", pattern="^(pending|verification_pending|authorized|captured|failed|cod_due)$")
    reference: str = Field("", max_length=120)


class OrderIn(Strict):
    """An order as its source knows it. Amounts are decimals in `currency`; `total` is checked against the parts."""

    channel: str = Field("", max_length=40, description="Channel code; may be left out when the key is bound to one")
    external_id: str = Field(min_length=1, max_length=120, description="The source's own id, unique in the channel")
    external_name: str = Field("", max_length=120)
    placed_at: Moment = Field(description="When the customer ordered, with its UTC offset")
    currency: str = Field(pattern="^[A-Z]{3}$")
    lines: list[LineIn] = Field(min_length=1, max_length=1000)
    customer_name: str = Field("", max_length=160)
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=32)
    company: str = Field("", max_length=160)
    ship_to: AddressIn = Field(default_factory=AddressIn)
    bill_to: AddressIn = Field(default_factory=AddressIn)
    tax_included: bool = True
    shipping: Money = Field(Decimal(0), ge=0, max_digits=14, decimal_places=4)
    shipping_tax: Money = Field(Decimal(0), ge=0, max_digits=14, decimal_places=4)
    total: Money | None = Field(None, max_digits=16, decimal_places=4)
    payment_terms: str = Field("prepaid", pattern="^(prepaid|cod|credit)$")
    payments: list[PaymentIn] = Field(default_factory=list, max_length=20)
    customer_po: str = Field("", max_length=80)
    note: str = Field("", max_length=4000)
    tags: list[str] = Field(default_factory=list, max_length=20)
    priority: PriorityWord | None = Field(None, description="How urgent it is; left out: the priority rules decide")

    def draft(self) -> OrderDraft:
        return OrderDraft(
            external_id=self.external_id, external_name=self.external_name, placed_at=self.placed_at,
            currency=self.currency, lines=tuple(line.draft() for line in self.lines),
            customer_name=self.customer_name, email=self.email, phone=self.phone, company=self.company,
            ship_to=AddressDraft(**self.ship_to.__dict__), bill_to=AddressDraft(**self.bill_to.__dict__),
            tax_included=self.tax_included, shipping=self.shipping, shipping_tax=self.shipping_tax, total=self.total,
            payment_terms=self.payment_terms, payments=tuple(PaymentDraft(**p.__dict__) for p in self.payments),
            customer_po=self.customer_po, note=self.note, tags=tuple(self.tags),
            priority=Priority[self.priority.upper()] if self.priority else None,
        )  # fmt: skip


class BatchIn(Strict):
    orders: list[OrderIn] = Field(min_length=1, max_length=MAX_BATCH)


class OrderOut(Schema):
    """Where an order stands: the same answer every page gives."""

    number: str
    external_id: str
    channel: str
    version: int
    status: str
    payment_status: str
    fulfilment_status: str
    return_status: str
    stage: str
    stage_since: datetime
    next_action: str
    next_text: str
    owner_team: str
    due_at: datetime | None
    blockers: list[dict]
    priority: PriorityWord = Field(description="Queues take the most urgent first")
    tags: list[str] = Field(description="Words that a source or people put on it")
    priority_why: str = Field(description="The rule that chose it; empty when a source or a person did, or nobody")
    currency: str
    total: Money
    book_currency: str = Field(description="The currency the house keeps its books in")
    book_rate: Decimal | None = Field(
        description="What one unit of `currency` was worth in it when the order was placed; null while nobody recorded it"
    )
    book_rate_on: date | None = Field(description="The day that rate is of; null in the book currency itself")
    book_total: Money | None = Field(description="`total` at that rate, rounded once")
    placed_at: datetime


def brief(order: Order) -> dict[str, Any]:
    """Where the order stands, as a dictionary of OrderOut; its channel is loaded."""
    found = {name: getattr(order, name) for name in OrderOut.model_fields}
    return found | {"channel": order.channel.code, "priority": Priority(order.priority).name.lower()}


@router.post("", response={201: dict[str, Any], 200: dict[str, Any]}, summary="Create one order")
def create_order(request: HttpRequest, body: OrderIn) -> HttpResponse:
    """201 with the order's number; 200 when the channel has sent this `external_id` before with the same content."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_WRITE):
        return denied
    return _retried(request, key, lambda: _create_one(key, body))


@router.post("/batch", response={200: dict[str, Any]}, summary="Create up to 500 orders")
def create_orders(request: HttpRequest, body: BatchIn) -> HttpResponse:
    """One answer per order, in the order sent; the refused ones do not stop the others."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_WRITE):
        return denied
    return _retried(request, key, lambda: _create_many(key, body.orders))


@router.get("/{number}", response=OrderOut, summary="Where an order stands")
def read_order(request: HttpRequest, number: str) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_READ):
        return denied
    orders = Order.objects.visible_to(key.user).select_related("channel")
    order = (
        (orders.filter(channel__code=key.channel_code) if key.channel_code else orders).filter(number=number).first()
    )
    if order is None:
        return problem(404, "order_not_found", f"There is no order {number}.")
    return brief(order)


@retrying()
def _retried(request: HttpRequest, key: ApiKey, act: Any) -> HttpResponse:
    return once(request, key, act)


def _create_one(key: ApiKey, body: OrderIn) -> HttpResponse:
    channel = _channel(key, body.channel)
    if isinstance(channel, HttpResponse):
        return channel
    result = capture_orders([body.draft()], channel=channel, actor=_actor(key))[0]
    if result.outcome == "refused":
        return problem(422, "refused", result.refusals[0].message, errors=_errors(result))
    if result.outcome == "changed":
        return problem(
            409, "external_id_taken", f"{result.external_id} is already {result.number}, with other content."
        )
    return _json(201 if result.outcome == "created" else 200, _answer(result))


def _create_many(key: ApiKey, bodies: list[OrderIn]) -> HttpResponse:
    answers: list[dict | None] = [None] * len(bodies)
    by_channel: dict[str, list[int]] = {}
    for i, body in enumerate(bodies):
        by_channel.setdefault(body.channel, []).append(i)
    for code, places in by_channel.items():
        channel = _channel(key, code)
        if isinstance(channel, HttpResponse):
            refusal = json.loads(channel.content)["detail"]
            for i in places:
                errors = [{"detail": refusal, "pointer": "/channel"}]
                answers[i] = {"external_id": bodies[i].external_id, "outcome": "refused", "errors": errors}
            continue
        results = capture_orders([bodies[i].draft() for i in places], channel=channel, actor=_actor(key))
        for i, result in zip(places, results, strict=True):
            answers[i] = _answer(result)
    return _json(200, {"orders": answers})


def _channel(key: ApiKey, code: str) -> Channel | HttpResponse:
    code = code or key.channel_code
    if key.channel_code and code != key.channel_code:
        return problem(403, "channel_forbidden", f"This key may only write to the channel {key.channel_code}.")
    channel = load_first(Channel, "code = %s AND is_active", [code])
    if channel is None:
        return problem(
            422,
            "channel_unknown",
            f"There is no active channel “{code}”.",
            errors=[{"pointer": "/channel", "detail": "unknown"}],
        )
    return channel


def _actor(key: ApiKey) -> Actor:
    return Actor("integration", key.name, key.user_id)


def _answer(result: Captured) -> dict:
    answer: dict[str, Any] = {"external_id": result.external_id, "outcome": result.outcome}
    if result.number:
        answer["number"] = result.number
    if result.refusals:
        answer["errors"] = _errors(result)
    return answer


def _errors(result: Captured) -> list[dict]:
    return [
        {"pointer": "/" + r.details.get("field", "").replace(".", "/"), "code": r.code, "detail": r.message}
        for r in result.refusals
    ]


def _json(status: int, body: dict) -> HttpResponse:
    return HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/json")
