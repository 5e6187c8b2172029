"""Assemblies over HTTP: find, read, plan, begin, hand in, move, end. Each is the action people have, by the same rules."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from inventory.actions.assemblies.end import cancel_assembly, close_assembly
from inventory.actions.assemblies.make import finish_units, start_assembly
from inventory.actions.assemblies.plan import move_day, plan_assembly
from inventory.actions.recipe import MOST, MOST_PARTS
from inventory.api_access import Number, PageQuery, Strict, at_own_place, not_found, paged, read, work
from inventory.api_kits import PartIn
from inventory.assembling import last_parts
from inventory.models import Assembly, Location, Product
from inventory.querysets import AssemblyQuerySet
from inventory.states import AssemblyStatus
from oms.kernel.actors import Actor
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused

router = Router()


class AssemblyQuery(PageQuery):
    status: list[AssemblyStatus] = Field(default_factory=list, max_length=20)
    sku: str = Field("", max_length=80, description="What is made")
    location: str = Field("", max_length=40, description="Code of the place where it is made")
    overdue: bool = Field(False, description="Only what is still to be made and should have been by now")


class AssemblyIn(Strict):
    sku: str = Field(min_length=1, max_length=80, description="What is made")
    qty: int = Field(ge=1, le=MOST)
    location: str = Field(max_length=40, description="Code of the place where it is made")
    eta: date = Field(description="Made by")
    parts: list[PartIn] = Field(
        default_factory=list,
        max_length=MOST_PARTS,
        description="What goes into one; absent: what it was made of the last time",
    )
    note: str = Field("", max_length=500)
    start: bool = Field(False, description="Begin at once: the components go off the shelf")


class UnitsIn(Strict):
    qty: int = Field(ge=1, le=MOST, description="Units that are made now")


class DayIn(Strict):
    eta: date
    reason: str = Field("", max_length=200, description="Stands beside the promises that move")


class ReasonIn(Strict):
    reason: str = Field(max_length=300)


class AssemblyPartOut(Schema):
    sku: str
    qty: int = Field(description="Units in one")


class AssemblyOut(Schema):
    number: str
    status: str
    sku: str
    location: str
    qty: int
    qty_done: int
    qty_cancelled: int
    qty_open: int
    eta: date
    note: str
    end_reason: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    parts: list[AssemblyPartOut]


class AssembliesOut(Schema):
    assemblies: list[AssemblyOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


@router.get("", response=AssembliesOut, summary="Find assemblies, newest first")
def list_assemblies(request: HttpRequest, query: Query[AssemblyQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    wanted = {"status__in": query.status, "product__sku": query.sku, "location__code": query.location}
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return paged(rows.overdue(business_date()) if query.overdue else rows, query, "assemblies", _out)


@router.get("/{number}", response=AssemblyOut, summary="One assembly")
def read_assembly(request: HttpRequest, number: Number) -> Any:
    return read(request, "inventory.view") or _out(_one(request, number))


@router.post("", response={201: AssemblyOut}, summary="Plan an assembly")
def create_assembly(request: HttpRequest, body: AssemblyIn) -> HttpResponse:
    """Its units are incoming from now on, and orders that wait for it get the day. With `start`, 409 names what is not free."""

    def act(actor: Actor) -> Schema:
        place = Location.objects.filter(code=body.location, is_active=True).first()
        if place is None:
            raise Refused("location_unknown", "Name the code of an active location.")
        at_own_place(request, place)
        made = plan_assembly(
            body.sku, qty=body.qty, location=place.code, eta=body.eta, note=body.note, actor=actor,
            parts=[part.part() for part in body.parts] or _last(body.sku),
        )  # fmt: skip
        if body.start:
            start_assembly(made.number, actor=actor)
        return _answer(request, made.number)

    return work(request, "inventory.adjust", act, status=201)


@router.post("/{number}/beginning", response={200: AssemblyOut}, summary="Begin an assembly")
def begin_assembly(request: HttpRequest, number: Number) -> HttpResponse:
    """The components of every unit go off the shelf. 409 says of each that is not free how many are."""
    return _move(request, number, lambda actor: start_assembly(number, actor=actor))


@router.post("/{number}/units", response={200: AssemblyOut}, summary="Hand units in")
def hand_in_units(request: HttpRequest, number: Number, body: UnitsIn) -> HttpResponse:
    """They lie on the shelf; orders that wait get them, the last unit ends it. 409 for more than are still to be made."""
    return _move(request, number, lambda actor: finish_units(number, qty=body.qty, actor=actor))


@router.post("/{number}/day", response={200: AssemblyOut}, summary="Expect an assembly on another day")
def move_assembly_day(request: HttpRequest, number: Number, body: DayIn) -> HttpResponse:
    return _move(request, number, lambda actor: move_day(number, eta=body.eta, reason=body.reason, actor=actor))


@router.post("/{number}/closing", response={200: AssemblyOut}, summary="Make no more of it")
def close_short(request: HttpRequest, number: Number, body: ReasonIn) -> HttpResponse:
    """The components of what is not made go back on the shelf."""
    return _move(request, number, lambda actor: close_assembly(number, reason=body.reason, actor=actor))


@router.post("/{number}/cancellation", response={200: AssemblyOut}, summary="Call an assembly off")
def call_off(request: HttpRequest, number: Number, body: ReasonIn) -> HttpResponse:
    """409 once its components are off the shelf; close it then."""
    return _move(request, number, lambda actor: cancel_assembly(number, reason=body.reason, actor=actor))


def _move(request: HttpRequest, number: str, run: Any) -> HttpResponse:
    def act(actor: Actor) -> Schema:
        at_own_place(request, _one(request, number).location)
        run(actor)
        return _answer(request, number)

    return work(request, "inventory.adjust", act)


def _last(sku: str) -> list[Any]:
    product = Product.objects.filter(sku=sku).first()
    return last_parts(product) if product else []


def _rows(request: HttpRequest) -> AssemblyQuerySet:
    rows = Assembly.objects.visible_to(request.auth.user)  # type: ignore[attr-defined]
    return rows.select_related("product", "location").prefetch_related("parts__product")


def _one(request: HttpRequest, number: str) -> Assembly:
    found = _rows(request).filter(number=number).first()
    if found is None:
        raise not_found("assembly", number)
    return found


def _answer(request: HttpRequest, number: str) -> AssemblyOut:
    return AssemblyOut.model_validate(_out(_one(request, number)))


def _out(row: Assembly) -> dict[str, Any]:
    own = [name for name in AssemblyOut.model_fields if name not in ("sku", "location", "parts")]
    parts = [{"sku": part.product.sku, "qty": part.qty} for part in row.parts.all()]
    return {name: getattr(row, name) for name in own} | {
        "sku": row.product.sku, "location": row.location.code, "parts": parts,
    }  # fmt: skip
