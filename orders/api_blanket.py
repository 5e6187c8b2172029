"""Blanket orders over HTTP: find, read, release a part of one; a release is an order like any other."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from oms.intake.idempotency import once
from oms.intake.models import ApiKey, Scope
from oms.intake.moment import Moment
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.ui.keyset import BadCursor, Sort, page_of
from orders.actions.blanket_release import release_blanket
from orders.api import AddressIn, OrderOut, Strict, brief
from orders.api_access import denied_to
from orders.models import BlanketOrder
from orders.querysets import StandingQuerySet
from orders.standing.agreed import Agreed, released_of
from orders.standing.states import BlanketStatus

router = Router()
NEWEST = Sort("newest first", ("-id",))
Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,30}$", description="The agreement's number, such as BO-10001")]


class AgreedOut(Schema):
    sku: str
    agreed: int
    released: int = Field(description="Units of orders that are not cancelled")
    open: int
    unit_price: Decimal


class BlanketOut(Schema):
    number: str
    status: BlanketStatus
    channel: str
    customer_name: str
    customer_po: str
    currency: str
    starts_on: date
    ends_on: date
    lines: list[AgreedOut]


class BlanketsOut(Schema):
    blanket: list[BlanketOut]
    next: str = Field(description="Cursor of the next page; empty on the last one")


class BlanketQuery(Schema):
    status: list[BlanketStatus] = Field(default_factory=list, max_length=5)
    limit: int = Field(20, ge=1, le=50)
    cursor: str = Field("", max_length=2000)


class CalledOffIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=1_000_000)


class ReleaseIn(Strict):
    """What is left out is as agreed."""

    lines: list[CalledOffIn] = Field(min_length=1, max_length=1000)
    ship_to: AddressIn | None = None
    promised_at: Moment | None = Field(None, description="Dispatch by then; left out: the channel's usual time")
    note: str = Field("", max_length=4000)


@router.get("", response=BlanketsOut, summary="Find blanket orders, newest first")
def list_blankets(request: HttpRequest, query: Query[BlanketQuery]) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_READ, "standing.view"):
        return denied
    rows = _rows(key).filter(status__in=query.status) if query.status else _rows(key)
    try:
        page = page_of(rows, NEWEST, size=query.limit, after=query.cursor)
    except BadCursor:
        return problem(422, "cursor_unreadable", "The cursor cannot be read; start again without one.")
    released = released_of(row.number for row in page.rows)
    return {"blanket": [_said(row, released) for row in page.rows], "next": page.after}


@router.get("/{number}", response=BlanketOut, summary="One blanket order, with what is open of it")
def read_blanket(request: HttpRequest, number: Number) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_READ, "standing.view"):
        return denied
    row = _rows(key).filter(number=number).first()
    return _said(row, released_of([number])) if row else _no(number)


@router.post("/{number}/releases", response={201: OrderOut}, summary="Release a part of it as an order")
def release_units(request: HttpRequest, number: Number, body: ReleaseIn) -> HttpResponse:
    """At the agreed prices. 409 for more than is open, a product that is not agreed, and outside the agreement's days."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := denied_to(key, Scope.ORDERS_WRITE, "standing.change"):
        return denied
    wanted = {line.sku: line.qty for line in body.lines}
    if len(wanted) < len(body.lines):
        return problem(422, "line_twice", "A SKU is named twice; name each once.")
    row = _rows(key).filter(number=number).first()
    if row is None:
        return _no(number)
    actor = Actor("integration", key.name, key.user_id)
    return retrying()(once)(request, key, lambda: _released(row, wanted, body, actor))


def _released(row: BlanketOrder, wanted: dict[str, int], body: ReleaseIn, actor: Actor) -> HttpResponse:
    agreed = {line.product.sku: line.product_id for line in row.lines.all()}
    if strange := next((sku for sku in wanted if sku not in agreed), ""):
        return problem(409, "not_agreed", f"{strange} is not part of {row.number}.")
    units = {agreed[sku]: qty for sku, qty in wanted.items()}
    ship_to = {k: v for k, v in body.ship_to.model_dump().items() if v} if body.ship_to else None
    try:
        # The Idempotency-Key keeps it from being made twice: the action's own key is new each time.
        order = release_blanket(
            row.number, units, key=uuid4().hex, actor=actor, ship_to=ship_to, promised_at=body.promised_at,
            customer_note=body.note,
        )  # fmt: skip
    except Refused as refused:
        return problem(409, refused.code, refused.message)
    answer = OrderOut.model_validate(brief(order))
    return HttpResponse(answer.model_dump_json(), status=201, content_type="application/json")


def _rows(key: ApiKey) -> StandingQuerySet:
    """The agreements this key may see: its user's, and only its own channel's when it is bound to one."""
    rows = BlanketOrder.objects.visible_to(key.user).select_related("channel", "customer")
    rows = rows.prefetch_related("lines__product")
    return rows.filter(channel__code=key.channel_code) if key.channel_code else rows


def _no(number: str) -> HttpResponse:
    return problem(404, "blanket_not_found", f"There is no blanket order {number}.")


def _said(row: BlanketOrder, released: dict[tuple[str, int], int]) -> dict[str, Any]:
    agreed = [Agreed(line, released.get((row.number, line.product_id), 0)) for line in row.lines.all()]
    return {
        "number": row.number, "status": row.status, "channel": row.channel.code, "customer_name": str(row.customer),
        "customer_po": row.customer_po, "currency": row.channel.currency, "starts_on": row.starts_on, "ends_on": row.ends_on,
        "lines": [
            {"sku": a.line.product.sku, "agreed": a.line.qty, "released": a.released, "open": max(a.open, 0),
             "unit_price": a.line.unit_price}
            for a in agreed
        ],
    }  # fmt: skip
