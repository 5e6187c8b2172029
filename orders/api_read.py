"""Finding orders and reading one whole, over HTTP."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from inventory.decisions import why_here
from oms.events.models import Event
from oms.intake.auth import lacks_scope
from oms.intake.models import ApiKey, Scope
from oms.intake.moment import Moment
from oms.intake.problem import problem
from oms.ui.keyset import BadCursor, Sort, page_of
from orders.api import OrderOut, router
from orders.api_access import Number, brief, not_found, orders_of
from orders.models import Hold, Order, OrderLine
from orders.querysets import OrderQuerySet
from orders.states import FulfilmentStatus, PaymentStatus, StageKey

NEWEST = Sort("newest first", ("-placed_at",))


class OrderQuery(Schema):
    """Filters of different names narrow together; several values of one name widen it."""

    stage: list[StageKey] = Field(default_factory=list, max_length=20)
    payment_status: list[PaymentStatus] = Field(default_factory=list, max_length=20)
    fulfilment_status: list[FulfilmentStatus] = Field(default_factory=list, max_length=20)
    channel: str = Field("", max_length=40, description="Channel code")
    updated_since: Moment | None = Field(None, description="Only orders about which something was recorded since")
    q: str = Field("", max_length=120, description="Words of a number, name, e-mail, phone or SKU")
    limit: int = Field(50, ge=1, le=100)
    cursor: str = Field("", max_length=2000, description="`next` of the page before; the filters must be the same")


class OrdersOut(Schema):
    orders: list[OrderOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


class LineOut(Schema):
    id: int
    sku: str
    name: str
    external_id: str
    unit_price: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal
    qty_ordered: int
    qty_cancelled: int
    qty_cancellable: int
    qty_reserved: int
    qty_allocated: int
    qty_backordered: int
    qty_picked: int
    qty_packed: int
    qty_dispatched: int
    qty_delivered: int
    qty_returned: int
    ship_to: dict[str, Any] = Field(description="Where this line goes")


class HoldOut(Schema):
    id: int
    reason: str
    label: str
    detail: str
    owner_team: str
    line: int | None
    placed_at: datetime
    until: datetime | None


class ShipmentOut(Schema):
    number: str
    status: str
    carrier: str
    tracking_number: str
    tracking_url: str
    dispatched_at: datetime | None
    delivered_at: datetime | None
    ship_to: dict[str, Any]


class PaymentsOut(Schema):
    """Sums in the order's currency. `paid` is money received; `balance_due` below zero is owed to the customer."""

    amount_due: Decimal
    paid: Decimal
    authorized: Decimal
    verifying: Decimal
    refunded: Decimal
    cod_outstanding: Decimal
    balance_due: Decimal


class RoutingOut(Schema):
    """Why units of the order come from where they come, as it was decided then."""

    at: datetime
    occasion: str
    reason: str
    rule: str
    policy_version: int | None
    places: list[str]
    short: int = Field(description="Units nobody could promise then")


class DetailsOut(OrderOut):
    customer_name: str
    email: str
    phone: str
    ship_to: dict[str, Any]
    lines: list[LineOut]
    holds: list[HoldOut] = Field(description="Open ones")
    shipments: list[ShipmentOut]
    payments: PaymentsOut
    routing: list[RoutingOut] = Field(description="Every decision about where it is sent from, newest first")


@router.get("", response=OrdersOut, summary="Find orders, newest first")
def list_orders(request: HttpRequest, query: Query[OrderQuery]) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_READ):
        return denied
    rows = _narrowed(orders_of(key), query).select_related("channel")
    try:
        page = page_of(rows, NEWEST, size=query.limit, after=query.cursor)
    except BadCursor:
        return problem(422, "cursor_unreadable", "The cursor cannot be read; start again without one.")
    return {"orders": [brief(order) for order in page.rows], "next": page.after}


@router.get("/{number}/details", response=DetailsOut, summary="One order with lines, holds, shipments and money")
def read_details(request: HttpRequest, number: Number) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_READ):
        return denied
    # Shipments belong to an app above this one and are known here by the name of their relation only.
    holds = Hold.objects.filter(cleared_at__isnull=True).select_related("reason")
    rows = orders_of(key).select_related("channel").prefetch_related(
        "lines__ship_to", Prefetch("holds", holds, to_attr="open_hold_rows"), "shipments__carrier",
        "shipments__fulfilment_order__ship_to",
    )  # fmt: skip
    order = rows.filter(number=number).first()
    return not_found(number) if order is None else _details(order)


def _narrowed(rows: OrderQuerySet, query: OrderQuery) -> OrderQuerySet:
    wanted = {
        "stage__in": query.stage, "payment_status__in": query.payment_status,
        "fulfilment_status__in": query.fulfilment_status, "channel__code": query.channel,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if query.updated_since:
        # By events, which every change leaves: an index on updated_at would make every write of an order dearer.
        rows = rows.filter(number__in=Event.objects.filter(at__gte=query.updated_since).values("stream"))
    return rows.search(query.q) if query.q.strip() else rows


def _details(order: Any) -> dict[str, Any]:
    holds = [
        {"id": h.pk, "reason": h.reason.key, "label": h.reason.label, "detail": h.detail, "owner_team": h.owner_team,
         "line": h.line_id, "placed_at": h.placed_at, "until": h.until}
        for h in order.open_hold_rows
    ]  # fmt: skip
    shipments = [
        {"number": s.number, "status": s.status, "carrier": s.carrier.name if s.carrier else "",
         "tracking_number": s.tracking_number, "tracking_url": s.track_url, "dispatched_at": s.dispatched_at,
         "delivered_at": s.delivered_at, "ship_to": s.address}
        for s in order.shipments.all()
    ]  # fmt: skip
    contact = {name: getattr(order, name) for name in ("customer_name", "email", "phone", "ship_to")}
    lines = [_line(line, order) for line in order.lines.all()]
    told = {"lines": lines, "holds": holds, "shipments": shipments, "payments": _money(order),
            "routing": _routing(order.number)}  # fmt: skip
    return brief(order) | contact | told


def _line(line: OrderLine, order: Order) -> dict[str, Any]:
    told = {name: getattr(line, name) for name in LineOut.model_fields if name != "ship_to"}
    return told | {"ship_to": line.ship_to.address if line.ship_to else order.ship_to}


def _routing(number: str) -> list[dict[str, Any]]:
    return [
        {"at": w.at, "occasion": w.occasion, "reason": w.reason, "rule": w.rule, "policy_version": w.version,
         "places": w.places, "short": w.short}
        for w in why_here(number, {})
    ]  # fmt: skip


def _money(order: Order) -> dict[str, Decimal]:
    return {
        "amount_due": order.amount_due, "paid": order.paid_total, "authorized": order.authorized_total,
        "verifying": order.verifying_total, "refunded": order.refunded_total, "cod_outstanding": order.cod_outstanding,
        "balance_due": order.balance_due,
    }  # fmt: skip
