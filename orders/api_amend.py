"""Changing a placed order over HTTP: look first, then apply on the version that was looked at."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from oms.events.models import Event
from oms.intake.models import ApiKey
from oms.intake.moment import Moment
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from orders.actions.amend import draft_amendment, may_price
from orders.actions.amend_apply import apply_amendment
from orders.actions.amend_preview import preview_changes
from orders.amending.change import Change
from orders.amending.effects import Effects
from orders.api import AddressIn, Money, Strict, router
from orders.api_access import Number, work
from orders.models import ChangeKind, Order

MAX_ID = 2**63 - 1
AMOUNT = {"ge": 0, "max_digits": 14, "decimal_places": 4}


class ChangeLineIn(Strict):
    line: int = Field(ge=1, le=MAX_ID, description="The line's id, from the order's details")
    qty: int | None = Field(None, ge=0, le=1_000_000, description="Units still wanted in all; 0 removes the line")
    unit_price: Money | None = Field(None, **AMOUNT)
    discount: Money | None = Field(None, **AMOUNT, description="On the whole line")
    ship_to: AddressIn | None = Field(None, description="Another address for units of this line")
    ship_qty: int | None = Field(None, ge=1, le=1_000_000, description="How many go there; left out: all that can")


class AddedLineIn(Strict):
    sku: str = Field(min_length=1, max_length=80)
    qty: int = Field(ge=1, le=1_000_000)
    unit_price: Money | None = Field(None, **AMOUNT, description="Empty: the product's own, frozen now")
    discount: Money = Field(Decimal(0), **AMOUNT)


class AmendmentIn(Strict):
    """What should be different. Everything is applied or nothing."""

    reason: str = Field(min_length=1, max_length=300)
    preview: bool = Field(False, description="Only say what would happen")
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The order's version you looked at; needed to apply"
    )
    lines: list[ChangeLineIn] = Field(default_factory=list, max_length=1000)
    add: list[AddedLineIn] = Field(default_factory=list, max_length=200)
    ship_to: AddressIn | None = None
    requested_for: Moment | None = None
    shipping: Money | None = Field(None, **AMOUNT)
    message: str = Field(
        "", max_length=4000, description="Sent to the customer after the greeting; empty: nobody is told"
    )

    def changes(self) -> list[Change]:
        found = [change for line in self.lines for change in _of_line(line)]
        found += [
            Change(ChangeKind.ADD, sku=x.sku, qty=x.qty, amount=x.unit_price, discount=x.discount) for x in self.add
        ]
        if self.ship_to is not None:
            typed = {k: v for k, v in self.ship_to.__dict__.items() if v}
            found.append(Change(ChangeKind.ADDRESS, address=typed))
        if self.requested_for is not None:
            found.append(Change(ChangeKind.DATE, moment=self.requested_for))
        if self.shipping is not None:
            found.append(Change(ChangeKind.SHIPPING, amount=self.shipping))
        return found


class LineEffectOut(Schema):
    sku: str
    qty_before: int
    qty: int
    short: int = Field(description="Units more that must wait for stock; below zero: fewer")
    total_before: Decimal
    total: Decimal


class EffectsOut(Schema):
    """What the change would do to the order as it is at `version`. Send that version to apply it."""

    version: int
    currency: str
    amount_before: Decimal
    amount: Decimal
    tax_before: Decimal
    tax: Decimal
    balance: Decimal
    collect: Decimal
    refund: Decimal
    cod_before: Decimal
    cod: Decimal
    lines: list[LineEffectOut]
    work: list[str]
    parcels: list[str]
    approvals: list[str]
    refusals: list[str] = Field(description="Why it cannot be applied; empty when it can")
    changes: list[str]


class AmendedOut(Schema):
    amendment: str
    status: str
    order: str
    version: int
    amount_before: Decimal
    amount: Decimal
    changes: list[str]


@router.post("/{number}/amendments", response={200: EffectsOut, 201: AmendedOut}, summary="Change a placed order")
def amend(request: HttpRequest, number: Number, body: AmendmentIn) -> HttpResponse:
    """With `preview` nothing is changed and the effects are answered. Without, 201 and the applied amendment; 409 when the
    order is not at `version` any more, something is packed already, or a second person must approve it on screen."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    changes = body.changes()
    if refusal := may_price(key.user, changes):
        return problem(403, refusal.code, refusal.message)
    if not body.preview and body.version is None:
        return problem(422, "version_missing", "Preview first and send the version it answers.")  # fmt: skip
    return work(
        request, number, move="amend", permission="orders.edit", status=200 if body.preview else 201,
        act=lambda actor: _previewed(number, body, changes, actor) if body.preview else _applied(number, body, changes, actor),
    )  # fmt: skip


def _of_line(line: ChangeLineIn) -> list[Change]:
    found = [] if line.qty is None else [Change(ChangeKind.QUANTITY, line_id=line.line, qty=line.qty)]
    if line.unit_price is not None:
        found.append(Change(ChangeKind.PRICE, line_id=line.line, amount=line.unit_price))
    if line.ship_to is not None:
        typed = {k: v for k, v in line.ship_to.__dict__.items() if v}
        found.append(Change(ChangeKind.SHIP_TO, line_id=line.line, qty=line.ship_qty, address=typed))
    if line.discount is not None:
        found.append(Change(ChangeKind.DISCOUNT, line_id=line.line, amount=line.discount))
    return found


def _previewed(number: str, body: AmendmentIn, changes: list[Change], actor: Actor) -> EffectsOut:
    effects = preview_changes(number, changes, reason=body.reason, actor=actor)
    return EffectsOut.model_validate(_effects(effects))


def _effects(effects: Effects) -> dict[str, Any]:
    apart = {"lines", "refusals", "changes"}
    told = {name: getattr(effects, name) for name in EffectsOut.model_fields if name not in apart}
    lines = [
        {"sku": e.line.sku, "qty_before": e.qty_before, "qty": e.qty, "short": e.short, "total_before": e.total_before,
         "total": e.total}
        for e in effects.lines
    ]  # fmt: skip
    return told | {"lines": lines, "refusals": [r.message for r in effects.refusals], "changes": effects.sentences}


@transaction.atomic
def _applied(number: str, body: AmendmentIn, changes: list[Change], actor: Actor) -> AmendedOut:
    document = draft_amendment(number, changes, reason=body.reason, actor=actor, message=body.message)
    document = apply_amendment(document.number, seen=body.version or 0, actor=actor)
    order = Order.objects.get(number=number)
    told = {
        "amendment": document.number, "status": document.status, "order": number, "version": order.version,
        "amount_before": document.amount_before, "amount": document.amount,
        "changes": Event.objects.get(stream=number, subject=document.number, name="orders.amended").payload["changes"],
    }  # fmt: skip
    return AmendedOut.model_validate(told)
