"""Purchase orders over HTTP: find, read, write, send, receive. Each is the action people have, by the same rules."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from inventory.actions.arrived import receive_purchase
from inventory.actions.purchases.draft import Wish, draft_purchase
from inventory.actions.purchases.send import send_purchase
from inventory.api_access import ArrivedIn, Number, PageQuery, Strict, not_found, paged, read, work
from inventory.models import PurchaseOrder
from inventory.querysets import PurchaseQuerySet
from inventory.states import PurchaseStatus
from oms.kernel.actors import Actor

router = Router()


class PurchaseQuery(PageQuery):
    status: list[PurchaseStatus] = Field(default_factory=list, max_length=20)
    supplier: str = Field("", max_length=40, description="Supplier code")
    location: str = Field("", max_length=40, description="Location code")


class PurchaseLineIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=1_000_000)
    unit_cost: Decimal | None = Field(
        None,
        ge=0,
        max_digits=14,
        decimal_places=4,
        description="In the supplier's currency; empty: the supplier's list",
    )
    eta: date | None = Field(None, description="Empty: the supplier's lead time from the day it is sent")


class PurchaseIn(Strict):
    supplier: str = Field(max_length=40, description="Supplier code")
    location: str = Field(max_length=40, description="Code of the place where the goods arrive")
    lines: list[PurchaseLineIn] = Field(min_length=1, max_length=1000)
    note: str = Field("", max_length=500)
    reference: str = Field("", max_length=80)
    send: bool = Field(
        False, description="Mark it as sent at once; otherwise it is a draft and nothing is expected of it"
    )


class PurchaseLineOut(Schema):
    sku: str
    qty: int
    qty_received: int
    qty_cancelled: int
    qty_open: int
    unit_cost: Decimal
    eta: date | None
    is_confirmed: bool


class PurchaseOut(Schema):
    number: str
    status: str
    supplier: str
    location: str
    currency: str
    reference: str
    note: str
    version: int
    sent_at: datetime | None
    received_at: datetime | None
    lines: list[PurchaseLineOut]


class PurchasesOut(Schema):
    purchases: list[PurchaseOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


@router.get("", response=PurchasesOut, summary="Find purchase orders, newest first")
def list_purchases(request: HttpRequest, query: Query[PurchaseQuery]) -> Any:
    if denied := read(request, "purchases.view"):
        return denied
    wanted = {
        "status__in": query.status, "supplier__code": query.supplier, "location__code": query.location,
    }  # fmt: skip
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return paged(rows, query, "purchases", _out)


@router.get("/{number}", response=PurchaseOut, summary="One purchase order")
def read_purchase(request: HttpRequest, number: Number) -> Any:
    return read(request, "purchases.view") or _out(_one(request, number))


@router.post("", response={201: PurchaseOut}, summary="Write a purchase order")
def create_purchase(request: HttpRequest, body: PurchaseIn) -> HttpResponse:
    """409 names every SKU that does not exist, and the supplier or place that is not known."""
    lines = [Wish(line.sku, line.qty, line.unit_cost, line.eta) for line in body.lines]

    def act(actor: Actor) -> Schema:
        made = draft_purchase(
            supplier=body.supplier,
            location=body.location,
            lines=lines,
            note=body.note,
            reference=body.reference,
            actor=actor,
        )
        if body.send:
            send_purchase(made.number, actor=actor)
        return _answer(request, made.number)

    return work(request, "purchases.edit", act, status=201)


@router.post("/{number}/sending", response={200: PurchaseOut}, summary="Mark a draft as sent")
def send_out(request: HttpRequest, number: Number) -> HttpResponse:
    """From now on its units count as incoming, and waiting orders get a day from it."""

    def act(actor: Actor) -> Schema:
        send_purchase(_one(request, number).number, actor=actor)
        return _answer(request, number)

    return work(request, "purchases.edit", act)


@router.post("/{number}/receipts", response={200: PurchaseOut}, summary="Receive a delivery")
def receive_delivery(request: HttpRequest, number: Number, body: ArrivedIn) -> HttpResponse:
    """Counts and books in, all of it or nothing. 409 for what is not on the order, for more than the supplier's
    tolerance without a reason, and while somebody counts a delivery of it by hand."""

    def act(actor: Actor) -> Schema:
        receive_purchase(_one(request, number).number, units=body.units(), actor=actor, **body.booked())
        return _answer(request, number)

    return work(request, "inventory.adjust", act)


def _rows(request: HttpRequest) -> PurchaseQuerySet:
    rows = PurchaseOrder.objects.visible_to(request.auth.user)  # type: ignore[attr-defined]
    return rows.select_related("supplier", "location").prefetch_related("lines__product")


def _one(request: HttpRequest, number: str) -> PurchaseOrder:
    found = _rows(request).filter(number=number).first()
    if found is None:
        raise not_found("purchase", number)
    return found


def _answer(request: HttpRequest, number: str) -> PurchaseOut:
    return PurchaseOut.model_validate(_out(_one(request, number)))


def _out(row: PurchaseOrder) -> dict[str, Any]:
    names = ("number", "status", "currency", "reference", "note", "version", "sent_at", "received_at")
    own = [name for name in PurchaseLineOut.model_fields if name != "sku"]
    lines = [{name: getattr(x, name) for name in own} | {"sku": x.product.sku} for x in row.lines.all()]
    return {name: getattr(row, name) for name in names} | {
        "supplier": row.supplier.code, "location": row.location.code, "lines": lines,
    }  # fmt: skip
