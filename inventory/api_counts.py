"""Counts of one SKU over HTTP: count, and the second person's word on what differs much. Each is the action people have."""

import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from inventory.actions.adjust import find_place
from inventory.actions.count import count_stock
from inventory.actions.decide_count import approve_count, withdraw_count
from inventory.api_access import PageQuery, Strict, at_own_place, not_found, paged, read, work
from inventory.models import StockCount
from oms.kernel.actors import Actor

router = Router()
Id = Annotated[int, Path(ge=1, lt=2**63, description="The count's id")]


class CountState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


STATES = {None: CountState.WAITING, True: CountState.APPROVED, False: CountState.WITHDRAWN}


class CountQuery(PageQuery):
    state: CountState | None = None
    sku: str = Field("", max_length=80)
    location: str = Field("", max_length=40, description="Location code")


class CountIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    location: str = Field(max_length=40, description="Location code")
    counted: int = Field(ge=0, le=1_000_000, description="All units there: promised, quarantined and damaged ones too")
    reason: str = Field(min_length=1, max_length=200)
    seen: int | None = Field(None, description="`on_hand` as you read it: 409 `stock_moved` when it is another by now")


class CountOut(Schema):
    """A count that differs by more than its place lets one person post."""

    id: int
    state: CountState
    sku: str
    location: str
    expected: int
    counted: int
    delta: int
    reason: str
    counted_by: str
    counted_at: datetime
    decided_by: str
    decided_at: datetime | None


class CountsOut(Schema):
    counts: list[CountOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


class CountedOut(Schema):
    """`delta` is what the books gained or lost; with `waits` they do once a second person approves `count`."""

    sku: str
    location: str
    delta: int
    waits: bool
    count: CountOut | None


@router.get("", response=CountsOut, summary="Counts for a second person, newest first")
def list_counts(request: HttpRequest, query: Query[CountQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    wanted = {"product__sku": query.sku, "location__code": query.location}
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    if query.state:
        rows = rows.filter(is_approved=next(is_approved for is_approved, s in STATES.items() if s == query.state))
    return paged(rows, query, "counts", _out)


@router.post("", response={200: CountedOut}, summary="Count one SKU")
def count_sku(request: HttpRequest, body: CountIn) -> HttpResponse:
    """Posts the difference to the books. 409 when orders were promised what is missing, or a count of it waits."""
    source = f"count:{uuid.uuid4()}"

    def act(actor: Actor) -> Schema:
        at_own_place(request, find_place(body.location))
        found = count_stock(
            body.sku.replace("\x00", ""), location=body.location, counted=body.counted, source=source, actor=actor,
            reason=body.reason.replace("\x00", ""), seen=body.seen,
        )  # fmt: skip
        count = _rows(request).filter(source=source).first()
        delta, waits = (found.delta, found.waits) if found else (0, False)
        told = CountOut.model_validate(_out(count)) if count else None
        return CountedOut(sku=body.sku, location=body.location, delta=delta, waits=waits, count=told)

    return work(request, "inventory.adjust", act)


@router.post("/{count_id}/approval", response={200: CountOut}, summary="Approve a count as the second person")
def approve_waiting_count(request: HttpRequest, count_id: Id) -> HttpResponse:
    """Posts the difference. 409 `second_person` when the key acts as whoever counted."""
    return _decide(request, count_id, approve_count)


@router.post("/{count_id}/withdrawal", response={200: CountOut}, summary="Withdraw a count")
def withdraw_waiting_count(request: HttpRequest, count_id: Id) -> HttpResponse:
    """Nothing is posted; the SKU is to be counted again."""
    return _decide(request, count_id, withdraw_count)


def _decide(request: HttpRequest, pk: int, decide: Callable[..., StockCount]) -> HttpResponse:
    def act(actor: Actor) -> Schema:
        if not _rows(request).filter(pk=pk).exists():
            raise not_found("count", str(pk))
        decide(pk, actor=actor)
        return CountOut.model_validate(_out(_rows(request).get(pk=pk)))

    return work(request, "inventory.adjust", act)


def _rows(request: HttpRequest) -> Any:
    rows = StockCount.objects.visible_to(request.auth.user)  # type: ignore[attr-defined]
    return rows.select_related("product", "location", "counted_by", "decided_by")


def _out(row: StockCount) -> dict[str, Any]:
    own = ("id", "expected", "counted", "delta", "reason", "counted_at", "decided_at")
    return {name: getattr(row, name) for name in own} | {
        "state": STATES[row.is_approved], "sku": row.product.sku, "location": row.location.code,
        "counted_by": row.counted_by.display_name, "decided_by": row.decided_by.display_name if row.decided_by else "",
    }  # fmt: skip
