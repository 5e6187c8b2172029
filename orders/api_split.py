"""Splitting and merging orders over HTTP: the actions people have, by the same rules."""

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from oms.intake.problem import problem
from oms.kernel.actors import Actor
from orders.actions.merge import merge_orders
from orders.actions.split import split_order
from orders.api import OrderOut, Strict, router
from orders.api_access import Number, brief, not_found, orders_of, work
from orders.api_work import CancelLineIn
from orders.models import Order


class SplitIn(Strict):
    reason: str = Field(min_length=1, max_length=300)
    lines: list[CancelLineIn] = Field(min_length=1, max_length=1000, description="Units that go to the new order")


class BothOut(Schema):
    """The order that keeps its number, and the other one."""

    order: OrderOut
    other: OrderOut


@router.post("/{number}/split", response={200: BothOut}, summary="Split units off to a new order")
def split(request: HttpRequest, number: Number, body: SplitIn) -> HttpResponse:
    """Frozen prices, discount and tax shares: the two totals sum to the old one. Stock, holds and received money follow."""
    wanted = {line.line: line.qty for line in body.lines}
    if len(wanted) < len(body.lines):
        return problem(422, "line_twice", "A line is named twice; name each line once.")

    def act(actor: Actor) -> BothOut:
        kept, new = split_order(number, quantities=wanted, reason=body.reason, actor=actor)
        return both(kept, new)

    return work(request, number, move="split", act=act)


def both(order, other) -> BothOut:
    return BothOut(order=OrderOut.model_validate(brief(order)), other=OrderOut.model_validate(brief(other)))


class MergeIn(Strict):
    other: str = Field(
        pattern=r"^[A-Za-z0-9-]{1,30}$", description="Number of the order that ends and is put into this one"
    )
    reason: str = Field(min_length=1, max_length=300)
    address_of: str = Field(
        "", max_length=30, description="Where the two differ: number of the order whose address stands"
    )


@router.post("/{number}/merge", response={200: BothOut}, summary="Put another order of the same customer into this one")
def merge(request: HttpRequest, number: Number, body: MergeIn) -> HttpResponse:
    """Lines, money, stock and holds move; the other order is cancelled as merged. 409 when the two are not alike."""
    key = request.auth  # type: ignore[attr-defined]
    if not orders_of(key).filter(number=body.other).exists():
        return not_found(body.other)

    def act(actor: Actor) -> BothOut:
        kept = merge_orders(number, other=body.other, reason=body.reason, address_of=body.address_of, actor=actor)
        return both(kept, Order.objects.get(number=body.other))

    return work(request, number, move="merge", act=act)
