"""Transfers over HTTP: find, read, write, send, receive. Each is the action people have, by the same rules."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from inventory.actions.arrived import receive_transfer
from inventory.actions.transfers.draft import Load, draft_transfer
from inventory.actions.transfers.send import send_transfer
from inventory.api_access import ArrivedIn, Number, PageQuery, Strict, not_found, paged, read, work
from inventory.models import Transfer
from inventory.querysets import TransferQuerySet
from inventory.states import TransferStatus
from oms.kernel.actors import Actor

router = Router()


class TransferQuery(PageQuery):
    status: list[TransferStatus] = Field(default_factory=list, max_length=20)
    source: str = Field("", max_length=40, description="Code of the place it leaves")
    location: str = Field("", max_length=40, description="Code of the place it reaches")


class LoadIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=1_000_000)


class TransferIn(Strict):
    source: str = Field(max_length=40, description="Code of the place the goods leave")
    location: str = Field(max_length=40, description="Code of the place where they arrive")
    eta: date = Field(description="When they arrive")
    lines: list[LoadIn] = Field(min_length=1, max_length=1000)
    note: str = Field("", max_length=500)
    send: bool = Field(False, description="Let it leave at once: its units go off the shelf")


class TransferLineOut(Schema):
    sku: str
    qty: int
    qty_received: int
    qty_lost: int
    qty_open: int


class TransferOut(Schema):
    number: str
    status: str
    source: str
    location: str
    eta: date
    note: str
    version: int
    sent_at: datetime | None
    received_at: datetime | None
    lines: list[TransferLineOut]


class TransfersOut(Schema):
    transfers: list[TransferOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


@router.get("", response=TransfersOut, summary="Find transfers, newest first")
def list_transfers(request: HttpRequest, query: Query[TransferQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    wanted = {
        "status__in": query.status, "source__code": query.source, "location__code": query.location,
    }  # fmt: skip
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return paged(rows, query, "transfers", _out)


@router.get("/{number}", response=TransferOut, summary="One transfer")
def read_transfer(request: HttpRequest, number: Number) -> Any:
    return read(request, "inventory.view") or _out(_one(request, number))


@router.post("", response={201: TransferOut}, summary="Write a transfer")
def create_transfer(request: HttpRequest, body: TransferIn) -> HttpResponse:
    """409 names every SKU that does not exist; with `send`, also what is not free at its source, and nothing is kept."""
    lines = [Load(line.sku, line.qty) for line in body.lines]

    def act(actor: Actor) -> Schema:
        made = draft_transfer(
            source=body.source, location=body.location, lines=lines, eta=body.eta, note=body.note, actor=actor
        )
        if body.send:
            send_transfer(made.number, actor=actor)
        return _answer(request, made.number)

    return work(request, "inventory.adjust", act, status=201)


@router.post("/{number}/sending", response={200: TransferOut}, summary="Let a transfer leave")
def let_leave(request: HttpRequest, number: Number) -> HttpResponse:
    """Its units go off the shelf at the source and are incoming at the target. 409 for units that are not free."""

    def act(actor: Actor) -> Schema:
        send_transfer(_one(request, number).number, actor=actor)
        return _answer(request, number)

    return work(request, "inventory.adjust", act)


@router.post("/{number}/receipts", response={200: TransferOut}, summary="Receive a transfer")
def receive_arrival(request: HttpRequest, number: Number, body: ArrivedIn) -> HttpResponse:
    """Counts and books in, all of it or nothing. 409 for more than was sent, and while somebody counts it by hand."""

    def act(actor: Actor) -> Schema:
        receive_transfer(_one(request, number).number, units=body.units(), actor=actor, **body.booked())
        return _answer(request, number)

    return work(request, "inventory.adjust", act)


def _rows(request: HttpRequest) -> TransferQuerySet:
    rows = Transfer.objects.visible_to(request.auth.user)  # type: ignore[attr-defined]
    return rows.select_related("source", "location").prefetch_related("lines__product")


def _one(request: HttpRequest, number: str) -> Transfer:
    found = _rows(request).filter(number=number).first()
    if found is None:
        raise not_found("transfer", number)
    return found


def _answer(request: HttpRequest, number: str) -> TransferOut:
    return TransferOut.model_validate(_out(_one(request, number)))


def _out(row: Transfer) -> dict[str, Any]:
    names = ("number", "status", "eta", "note", "version", "sent_at", "received_at")
    own = [name for name in TransferLineOut.model_fields if name != "sku"]
    lines = [{name: getattr(x, name) for name in own} | {"sku": x.product.sku} for x in row.lines.all()]
    return {name: getattr(row, name) for name in names} | {
        "source": row.source.code, "location": row.location.code, "lines": lines,
    }  # fmt: skip
