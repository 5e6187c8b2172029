"""Stocktakes over HTTP, for a scanner's own app: begin, count, look at the differences, post. Each is the action people have."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from inventory.actions.adjust import find_place
from inventory.actions.stocktakes.end import cancel_stocktake
from inventory.actions.stocktakes.finish import count_on, finish_counting
from inventory.actions.stocktakes.judge import leave_uncounted, say_none
from inventory.actions.stocktakes.open import MOST, open_stocktake
from inventory.actions.stocktakes.post import post_stocktake
from inventory.actions.stocktakes.scan import MOST as MOST_UNITS
from inventory.actions.stocktakes.scan import count_units, undo_units
from inventory.api_access import Number, PageQuery, Strict, at_own_place, not_found, paged, read, work
from inventory.models import Stocktake, StocktakeLine, StocktakeScan, StocktakeScope, StocktakeVerdict
from inventory.states import StocktakeStatus
from inventory.stocktaking import FOREIGN
from oms.kernel.actors import Actor
from oms.ui.keyset import Sort

router = Router()


class StocktakeQuery(PageQuery):
    status: list[StocktakeStatus] = Field(default_factory=list, max_length=20)
    location: str = Field("", max_length=40, description="Location code")


class StocktakeLineQuery(PageQuery):
    counted: bool | None = Field(None, description="Only what is counted, or only what is not")
    differing: bool = Field(
        False, description="Only what differs, or is to be counted again; empty while it is counted"
    )


class StocktakeIn(Strict):
    location: str = Field(max_length=40, description="Code of the place that is counted")
    scope: StocktakeScope
    skus: list[str] = Field(default_factory=list, max_length=MOST, description="With scope `list`")
    most: int = Field(0, ge=0, le=MOST, description="With scope `longest`: how many SKUs")
    note: str = Field("", max_length=100, description="Stands in the ledger with every correction")


class UnitsFoundIn(Strict):
    code: str = Field(min_length=1, max_length=80, description="Barcode or SKU")
    qty: int = Field(1, ge=0, le=MOST_UNITS, description="Units more; 0 says that none is there")


class AgainIn(Strict):
    sku: str = Field("", max_length=80, description="This one from the beginning; empty: count on")


class NoneThereIn(Strict):
    skus: list[str] = Field(default_factory=list, max_length=MOST, description="Empty: all that nobody scanned")


class LeftOutIn(Strict):
    sku: str = Field(min_length=1, max_length=80)


class ThrownAwayIn(Strict):
    reason: str = Field(max_length=200)


class PostingOut(Schema):
    """How far a worker is; `error` says why it broke off."""

    done: int
    total: int
    error: str


class StocktakeOut(Schema):
    number: str
    status: str
    location: str
    scope: str
    note: str
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    end_reason: str
    qty_lines: int = Field(description="SKUs in it")
    qty_counted: int = Field(description="SKUs that have a count")
    qty_settled: int = Field(description="SKUs that agreed, are posted, or wait for a second person")
    posting: PostingOut | None


class StocktakesOut(Schema):
    stocktakes: list[StocktakeOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


class StocktakeLineOut(Schema):
    """`expected` and `delta` are null while it is counted: who counts must not know them."""

    sku: str
    name: str
    barcode: str
    counted: int | None
    expected: int | None
    delta: int | None
    again: bool = Field(description="Units came or went while it was counted: count it again, or leave it out")
    outcome: str = Field(description="agreed, posted, waits (for a second person), or empty")
    refusal: str = Field(description="Why it could not be posted")


class StocktakeLinesOut(Schema):
    lines: list[StocktakeLineOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


class UnitsFoundOut(Schema):
    """What became of one scan; `counted` are the units of the SKU that everybody found so far."""

    verdict: StocktakeVerdict
    code: str
    sku: str
    name: str
    qty: int
    counted: int | None
    detail: str


@router.get("", response=StocktakesOut, summary="Find stocktakes, newest first")
def list_stocktakes(request: HttpRequest, query: Query[StocktakeQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    wanted = {"status__in": query.status, "location__code": query.location}
    rows = _rows(request).filter(**{name: value for name, value in wanted.items() if value})
    return paged(rows, query, "stocktakes", _out)


@router.get("/{number}", response=StocktakeOut, summary="One stocktake")
def read_stocktake(request: HttpRequest, number: Number) -> Any:
    return read(request, "inventory.view") or _out(_one(request, number))


@router.get("/{number}/lines", response=StocktakeLinesOut, summary="What a stocktake counts")
def list_stocktake_lines(request: HttpRequest, number: Number, query: Query[StocktakeLineQuery]) -> Any:
    if denied := read(request, "inventory.view"):
        return denied
    stocktake = _one(request, number)
    is_blind = stocktake.status == StocktakeStatus.COUNTING
    rows = stocktake.lines.differing() if query.differing else stocktake.lines.all()
    if query.counted is not None:
        rows = rows.filter(counted__isnull=not query.counted)
    if query.differing and is_blind:
        rows = rows.none()
    return paged(
        rows.select_related("product"), query, "lines", lambda line: _line(line, is_blind), Sort("as listed", ("id",))
    )


@router.post("", response={201: StocktakeOut}, summary="Begin a stocktake")
def create_stocktake(request: HttpRequest, body: StocktakeIn) -> HttpResponse:
    """409 names SKUs that do not exist, are kits, or are in another stocktake of the place already."""

    def act(actor: Actor) -> Schema:
        at_own_place(request, find_place(body.location))
        made = open_stocktake(
            body.location, scope=body.scope, skus=[_text(sku) for sku in body.skus], most=body.most,
            note=_text(body.note), actor=actor,
        )  # fmt: skip
        return _answer(request, made.number)

    return work(request, "inventory.adjust", act, status=201)


@router.post("/{number}/counts", response={200: UnitsFoundOut}, summary="Count units")
def count_found_units(request: HttpRequest, number: Number, body: UnitsFoundIn) -> HttpResponse:
    """What everybody counts of a SKU adds up. Send each scan with an Idempotency-Key of its own: sent again, it counts nothing."""

    def act(actor: Actor) -> Schema:
        _one(request, number)
        return _said(count_units(number, code=body.code, qty=body.qty, key=uuid.uuid4(), actor=actor))

    return work(request, "inventory.adjust", act)


@router.post("/{number}/undoing", response={200: UnitsFoundOut}, summary="Take back the last count")
def take_count_back(request: HttpRequest, number: Number) -> HttpResponse:
    """The last one of the person the key acts as that stands. 409 when there is none."""

    def act(actor: Actor) -> Schema:
        _one(request, number)
        return _said(undo_units(number, actor=actor))

    return work(request, "inventory.adjust", act)


@router.post("/{number}/finishing", response={200: StocktakeOut}, summary="Say that the counting is done")
def end_counting(request: HttpRequest, number: Number) -> HttpResponse:
    """From now on the lines tell what was expected. Nothing is posted yet."""
    return _move(request, number, lambda actor: finish_counting(number, actor=actor))


@router.post("/{number}/reopening", response={200: StocktakeOut}, summary="Count on")
def go_on_counting(request: HttpRequest, number: Number, body: AgainIn) -> HttpResponse:
    """With `sku` its counts are taken out, and it is counted from the beginning."""
    return _move(request, number, lambda actor: count_on(number, sku=body.sku, actor=actor))


@router.post("/{number}/none", response={200: StocktakeOut}, summary="Say that nothing is there")
def say_nothing_there(request: HttpRequest, number: Number, body: NoneThereIn) -> HttpResponse:
    """Of these SKUs, or of all that nobody scanned; without it those stay uncounted."""
    skus = [_text(sku) for sku in body.skus] or None
    return _move(request, number, lambda actor: say_none(number, skus=skus, actor=actor))


@router.post("/{number}/exclusions", response={200: StocktakeOut}, summary="Leave a SKU uncounted")
def leave_out_of_stocktake(request: HttpRequest, number: Number, body: LeftOutIn) -> HttpResponse:
    """Its count is taken out: nothing of it is posted."""
    return _move(request, number, lambda actor: leave_uncounted(number, sku=_text(body.sku), actor=actor))


@router.post("/{number}/posting", response={202: StocktakeOut}, summary="Post the differences")
def post_differences(request: HttpRequest, number: Number) -> HttpResponse:
    """A worker posts them: read it until it is `posting` no more. Then it is `posted`, or in `review` with what could not be
    posted; what differs by more than the place lets one person post waits for a second one at `/counts`."""
    return _move(request, number, lambda actor: post_stocktake(number, at_once=0, actor=actor), status=202)


@router.post("/{number}/cancellation", response={200: StocktakeOut}, summary="Throw a stocktake away")
def throw_stocktake_away(request: HttpRequest, number: Number, body: ThrownAwayIn) -> HttpResponse:
    """Nothing of it is posted. 409 once a part of it is."""
    return _move(request, number, lambda actor: cancel_stocktake(number, reason=_text(body.reason), actor=actor))


def _move(request: HttpRequest, number: str, run: Callable[[Actor], Any], status: int = 200) -> HttpResponse:
    def act(actor: Actor) -> Schema:
        _one(request, number)
        run(actor)
        return _answer(request, number)

    return work(request, "inventory.adjust", act, status=status)


def _rows(request: HttpRequest) -> Any:
    rows = Stocktake.objects.visible_to(request.auth.user)  # type: ignore[attr-defined]
    return rows.select_related("location").prefetch_related("postings").sized()


def _one(request: HttpRequest, number: str) -> Stocktake:
    found = _rows(request).filter(number=number).first()
    if found is None:
        raise not_found("stocktake", number)
    return found


def _answer(request: HttpRequest, number: str) -> StocktakeOut:
    return StocktakeOut.model_validate(_out(_one(request, number)))


def _out(row: Stocktake) -> dict[str, Any]:
    own = [name for name in StocktakeOut.model_fields if name not in ("location", "posting")]
    posting = next(iter(row.postings.all()), None)
    told = posting and {"done": posting.done, "total": posting.total, "error": posting.error}
    return {name: getattr(row, name) for name in own} | {"location": row.location.code, "posting": told}


def _line(line: StocktakeLine, is_blind: bool) -> dict[str, Any]:
    seen = not is_blind and line.counted is not None
    return {
        "sku": line.product.sku, "name": line.product.name, "barcode": line.product.barcode, "counted": line.counted,
        "expected": line.shelf if seen else None, "delta": line.delta if seen else None, "outcome": line.outcome,
        "again": not is_blind and line.is_moved, "refusal": line.refusal,
    }  # fmt: skip


def _said(scan: StocktakeScan) -> UnitsFoundOut:
    line = scan.line
    title, why = FOREIGN.get(scan.verdict, ("", ""))
    return UnitsFoundOut(
        verdict=StocktakeVerdict(scan.verdict), code=scan.code, sku=line.product.sku if line else "", name=scan.name,
        qty=scan.qty, counted=line.counted if line else None,
        detail=f"{title}: {scan.name or scan.code} {why}" if title else "",
    )  # fmt: skip


def _text(given: str) -> str:
    return given.replace("\x00", "")
