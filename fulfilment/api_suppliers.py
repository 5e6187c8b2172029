"""What suppliers send to customers over HTTP: find it, send the order, and note what the supplier answers and ships."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from fulfilment.actions.supplier.answer import supplier_confirms, supplier_refuses
from fulfilment.actions.supplier.ship import supplier_ships
from fulfilment.actions.supplier.stop import ask_to_stop, supplier_goes_on, supplier_stops
from fulfilment.actions.supplier.tell import send_to_supplier
from fulfilment.models import FulfilmentOrder
from fulfilment.supplier_answer import answer
from inventory.api_access import Number, PageQuery, Strict, not_found, paged, read, work
from oms.kernel.actors import Actor

router = Router()


class SupplierWorkQuery(PageQuery):
    supplier: str = Field("", max_length=40, description="Supplier code")
    waiting: bool = Field(True, description="Only what has not left them; false: everything they ever had")


class SentUnitsIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=1_000_000)


class ConfirmedIn(Strict):
    on: date = Field(description="The day it leaves them")
    reference: str = Field("", max_length=80, description="Their own number for it")


class RefusedIn(Strict):
    reason: str = Field(min_length=1, max_length=300)
    lines: list[SentUnitsIn] = Field(default_factory=list, max_length=500, description="Empty: all of it")
    none_left: bool = Field(False, description="They have none of these products left")


class ParcelIn(Strict):
    carrier: str = Field(max_length=40, description="Carrier code")
    tracking_number: str = Field(min_length=1, max_length=80)
    lines: list[SentUnitsIn] = Field(default_factory=list, max_length=500, description="Empty: all of it")


class StopIn(Strict):
    reason: str = Field(min_length=1, max_length=300)


class StopAnswerIn(Strict):
    can_stop: bool
    reason: str = Field("", max_length=300, description="Why they cannot; needed then")


class SupplierLineOut(Schema):
    sku: str
    qty: int
    expected_on: date | None
    is_confirmed: bool


class SupplierWorkOut(Schema):
    number: str
    order: str
    supplier: str
    purchase: str = Field(description="Number of the purchase order; empty when the supplier stopped the last one")
    status: str
    step: str = Field(description="order, ship, stop (asked) or stopped while it waits; empty afterwards")
    why: str
    next: str
    owner: str
    since: datetime
    due_at: datetime | None
    ship_to: dict[str, Any]
    lines: list[SupplierLineOut]
    parcels: list[str]


class SupplierWorksOut(Schema):
    work: list[SupplierWorkOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


@router.get("", response=SupplierWorksOut, summary="Find what suppliers send to customers, newest first")
def list_supplier_work(request: HttpRequest, query: Query[SupplierWorkQuery]) -> Any:
    if denied := read(request, "purchases.view"):
        return denied
    rows = _rows(request)
    if query.waiting:
        rows = rows.filter(status="with_supplier")
    if query.supplier:
        rows = rows.filter(location__supplier__code=query.supplier)
    return paged(rows, query, "work", _out)


@router.get("/{number}", response=SupplierWorkOut, summary="One piece of work that a supplier has")
def read_supplier_work(request: HttpRequest, number: Number) -> Any:
    return read(request, "purchases.view") or _out(_one(request, number))


@router.post("/{number}/sending", response={200: SupplierWorkOut}, summary="Send the purchase order to the supplier")
def send_supplier_work(request: HttpRequest, number: Number) -> HttpResponse:
    """409 while the order is on hold, unpaid or not released."""
    return _step(request, number, lambda actor: send_to_supplier(number, actor=actor))


@router.post("/{number}/confirmation", response={200: SupplierWorkOut}, summary="The supplier confirms the day")
def confirm_supplier_work(request: HttpRequest, number: Number, body: ConfirmedIn) -> HttpResponse:
    return _step(
        request, number, lambda actor: supplier_confirms(number, on=body.on, reference=body.reference, actor=actor)
    )


@router.post("/{number}/refusal", response={200: SupplierWorkOut}, summary="The supplier does not send it, or not all")
def refuse_supplier_work(request: HttpRequest, number: Number, body: RefusedIn) -> HttpResponse:
    """Other places are asked for the units, this supplier never again for this order; what nobody has waits for stock."""
    return _step(request, number, lambda actor: supplier_refuses(
        number, reason=body.reason, quantities=_units(body.lines), none_left=body.none_left, actor=actor
    ))  # fmt: skip


@router.post("/{number}/parcels", response={200: SupplierWorkOut}, summary="The supplier has shipped it, or a part")
def ship_supplier_work(request: HttpRequest, number: Number, body: ParcelIn) -> HttpResponse:
    """Answers the work that left; units that did not leave wait as work of their own. The customer is told."""
    return _step(request, number, lambda actor: supplier_ships(
        number, carrier=body.carrier, tracking_number=body.tracking_number, quantities=_units(body.lines), actor=actor
    ))  # fmt: skip


@router.post("/{number}/stop", response={200: SupplierWorkOut}, summary="Ask the supplier not to send it")
def stop_supplier_work(request: HttpRequest, number: Number, body: StopIn) -> HttpResponse:
    return _step(request, number, lambda actor: ask_to_stop(number, reason=body.reason, actor=actor))


@router.post("/{number}/stop-answer", response={200: SupplierWorkOut}, summary="Whether the supplier could stop it")
def answer_stop(request: HttpRequest, number: Number, body: StopAnswerIn) -> HttpResponse:
    def act(actor: Actor) -> Any:
        if body.can_stop:
            return supplier_stops(number, actor=actor)
        return supplier_goes_on(number, reason=body.reason, actor=actor)

    return _step(request, number, act)


def _step(request: HttpRequest, number: str, act: Callable[[Actor], Any]) -> HttpResponse:
    def made(actor: Actor) -> Schema:
        act_on = _one(request, number)
        act(actor)
        return SupplierWorkOut.model_validate(_out(_one(request, act_on.number)))

    return work(request, "purchases.edit", made)


def _units(lines: list[SentUnitsIn]) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for line in lines:
        found[line.sku] = found.get(line.sku, 0) + line.qty
    return found or None


def _rows(request: HttpRequest) -> Any:
    rows = FulfilmentOrder.objects.visible_to(request.auth.user).filter(location__kind="drop_ship")  # type: ignore[attr-defined]
    return rows.select_related("order", "location__supplier", "purchase__supplier", "ship_to").prefetch_related(
        "lines__product", "lines__purchase_line", "shipments"
    )


def _one(request: HttpRequest, number: str) -> FulfilmentOrder:
    found = _rows(request).filter(number=number).first()
    if found is None:
        raise not_found("supplier_work", number)
    return found


def _out(fo: FulfilmentOrder) -> dict[str, Any]:
    now, waits = answer(fo), fo.status == "with_supplier"
    lines = [
        {"sku": row.product.sku, "qty": row.qty, "expected_on": row.purchase_line and row.purchase_line.eta,
         "is_confirmed": bool(row.purchase_line and row.purchase_line.is_confirmed)}
        for row in fo.lines.all() if row.qty
    ]  # fmt: skip
    return {
        "number": fo.number, "order": fo.order.number, "supplier": fo.location.supplier.code, "status": fo.status,
        "purchase": fo.purchase.number if fo.purchase else "", "step": now.step if waits else "",
        "why": now.why if waits else fo.end_reason, "next": now.next if waits else "", "owner": now.owner if waits else "",
        "since": now.since if waits else fo.dispatched_at or fo.ended_at or fo.created_at, "due_at": fo.due_at,
        "ship_to": fo.address, "lines": lines, "parcels": [s.number for s in fo.shipments.all()],
    }  # fmt: skip
