"""Recurring orders over HTTP: find, read, start, pause, resume, skip a day; the actions people have, by the same rules."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from oms.intake.idempotency import once
from oms.intake.models import ApiKey, Scope
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.ui.keyset import BadCursor, Sort, page_of
from orders.actions.recurring_run import skip_run
from orders.actions.recurring_start import MAX_LINES, Terms, start_recurring
from orders.actions.recurring_state import pause_recurring, resume_recurring
from orders.api import AddressIn, Strict
from orders.api_access import denied_to, not_found, orders_of
from orders.models import Channel, Order, PaymentTerms, RecurringOrder
from orders.querysets import StandingQuerySet
from orders.standing.rhythm import Rhythm, RhythmUnit
from orders.standing.states import RecurringStatus

router = Router()
# A day a schedule can be asked about; beyond it the calendar itself ends.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31), description="From 2000 to 2199")]
NEWEST = Sort("newest first", ("-id",))
Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,30}$", description="The schedule's number, such as RO-10001")]


class WantedIO(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=1_000_000)


class RecurringIn(Strict):
    """A schedule for the buyer of an earlier order; what is left out is as on that order."""

    customer_of: str = Field(pattern=r"^[A-Za-z0-9-]{1,30}$", description="Number of an order of the same customer")
    lines: list[WantedIO] = Field(min_length=1, max_length=MAX_LINES)
    unit: RhythmUnit = RhythmUnit.WEEK
    every: int = Field(1, ge=1, le=52, description="Every so many weeks or months")
    day: int = Field(
        ge=0, le=31, description="Of weeks: 0 (Monday) to 6; of months: 1 to 31, a shorter one takes its last"
    )
    starts_on: Day
    ends_on: Day | None = None
    place_hour: int = Field(6, ge=0, le=23, description="Hour of the day in the business zone")
    cutoff_hours: int = Field(24, ge=0, le=672, description="Changes and skips are possible until so many hours before")
    payment_terms: PaymentTerms | None = None
    shipping: Decimal = Field(Decimal(0), ge=0, max_digits=12, decimal_places=2)
    ship_to: AddressIn | None = None
    customer_po: str = Field("", max_length=80)
    note: str = Field("", max_length=4000)


class PauseIn(Strict):
    reason: str = Field("", max_length=300)


class SkipIn(Strict):
    on: Day = Field(description="The day whose order is not placed")


class RecurringOut(Schema):
    number: str
    status: RecurringStatus
    channel: str
    customer_name: str
    rhythm: str = Field(description="In words, such as “every week on Monday”")
    next_on: date | None
    changes_until: datetime | None
    failure: str = Field(description="Why the order of the day could not be placed; empty: nothing is in the way")
    lines: list[WantedIO]


class RecurringsOut(Schema):
    recurring: list[RecurringOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


class RecurringQuery(Schema):
    status: list[RecurringStatus] = Field(default_factory=list, max_length=5)
    failing: Literal["", "yes"] = Field("", description="yes: only those whose order could not be placed")
    limit: int = Field(50, ge=1, le=100)
    cursor: str = Field("", max_length=2000)


@router.get("", response=RecurringsOut, summary="Find recurring orders, newest first")
def find(request: HttpRequest, query: Query[RecurringQuery]) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_READ, "standing.view"):
        return denied
    rows = _rows(key).filter(status__in=query.status) if query.status else _rows(key)
    try:
        page = page_of(rows.failing() if query.failing else rows, NEWEST, size=query.limit, after=query.cursor)
    except BadCursor:
        return problem(422, "cursor_unreadable", "The cursor cannot be read; start again without one.")
    return {"recurring": [_said(row) for row in page.rows], "next": page.after}


@router.get("/{number}", response=RecurringOut, summary="One recurring order")
def read(request: HttpRequest, number: Number) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_READ, "standing.view"):
        return denied
    row = _rows(key).filter(number=number).first()
    return _said(row) if row else _no(number)


@router.post("", response={201: RecurringOut}, summary="Start a recurring order")
def start(request: HttpRequest, body: RecurringIn) -> HttpResponse:
    """Prices are those of the day each order is placed. 409 for products that are not sold and a rhythm without a day."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_WRITE, "standing.change"):
        return denied
    return _once(request, lambda actor: _start(key, body, actor), status=201)


def _start(key: ApiKey, body: RecurringIn, actor: Actor) -> RecurringOrder | HttpResponse:
    like = orders_of(key).select_related("customer", "channel").filter(number=body.customer_of).first()
    if like is None:
        return not_found(body.customer_of)
    if like.customer is None:
        return problem(409, "nobody", f"{like.number} names no customer; a schedule needs one.")
    low, high = (0, 6) if body.unit == RhythmUnit.WEEK else (1, 31)
    if not low <= body.day <= high:
        return problem(422, "day_impossible", f"The day of a rhythm of {body.unit.label} is {low} to {high}.")
    if body.ends_on and body.ends_on < body.starts_on:
        return problem(422, "ends_before_start", "The last day lies before the first one.")
    return start_recurring(like.customer, _terms(body, like, like.channel), actor=actor)


@router.post("/{number}/pause", response={200: RecurringOut}, summary="Place nothing until it is resumed")
def pause(request: HttpRequest, number: Number, body: PauseIn) -> HttpResponse:
    return _work(request, number, lambda actor: pause_recurring(number, reason=body.reason, actor=actor))


@router.post("/{number}/resume", response={200: RecurringOut}, summary="Go on with the next day to come")
def resume(request: HttpRequest, number: Number) -> HttpResponse:
    """Days missed meanwhile are not made up for."""
    return _work(request, number, lambda actor: resume_recurring(number, actor=actor))


@router.post("/{number}/skip", response={200: RecurringOut}, summary="Place nothing on one day")
def skip(request: HttpRequest, number: Number, body: SkipIn) -> HttpResponse:
    """409 past the cut-off, and for a day that is none of the rhythm or done."""
    return _work(request, number, lambda actor: skip_run(number, on=body.on, actor=actor))


def _terms(body: RecurringIn, like: Order, channel: Channel) -> Terms:
    ship_to = {k: v for k, v in body.ship_to.model_dump().items() if v} if body.ship_to else like.ship_to
    return Terms(
        channel=channel, rhythm=Rhythm(body.unit, body.every, body.day, body.starts_on, body.ends_on),
        lines=[(line.sku, line.qty) for line in body.lines], ship_to=ship_to, bill_to=like.bill_to,
        payment_terms=body.payment_terms or like.payment_terms, shipping=body.shipping, customer_po=body.customer_po,
        note=body.note, place_hour=body.place_hour, cutoff_hours=body.cutoff_hours,
    )  # fmt: skip


def _rows(key: ApiKey) -> StandingQuerySet:
    """The schedules this key may see: its user's, and only its own channel's when it is bound to one."""
    rows = RecurringOrder.objects.visible_to(key.user).select_related("channel", "customer")
    rows = rows.prefetch_related("lines__product")
    return rows.filter(channel__code=key.channel_code) if key.channel_code else rows


def _work(request: HttpRequest, number: str, act: Callable[[Actor], RecurringOrder]) -> HttpResponse:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_WRITE, "standing.change"):
        return denied
    return _once(request, lambda actor: act(actor) if _rows(key).filter(number=number).exists() else _no(number))


def _once(
    request: HttpRequest, act: Callable[[Actor], RecurringOrder | HttpResponse], status: int = 200
) -> HttpResponse:
    """Act once per Idempotency-Key and answer where the schedule stands. A refusal is an answer too, and kept."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]

    def answer() -> HttpResponse:
        try:
            found = act(Actor("integration", key.name, key.user_id))
        except Refused as refused:
            return problem(409, refused.code, refused.message)
        if isinstance(found, HttpResponse):
            return found
        said = RecurringOut.model_validate(_said(_rows(key).get(number=found.number)))
        return HttpResponse(said.model_dump_json(), status=status, content_type="application/json")

    return retrying()(once)(request, key, answer)


def _no(number: str) -> HttpResponse:
    return problem(404, "recurring_not_found", f"There is no recurring order {number}.")


def _said(row: RecurringOrder) -> dict[str, Any]:
    return {
        "number": row.number, "status": row.status, "channel": row.channel.code, "customer_name": str(row.customer),
        "rhythm": row.rhythm.words(), "next_on": row.next_on, "failure": row.failure,
        "changes_until": row.closes_at(row.next_on) if row.next_on else None,
        "lines": [{"sku": line.product.sku, "qty": line.qty} for line in row.lines.all()],
    }  # fmt: skip
