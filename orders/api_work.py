"""Working on orders over HTTP: each endpoint is one action that people have too, with the same rules and sentences."""

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from oms.intake.moment import Moment
from oms.intake.problem import problem
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import LONGEST, add_note
from orders.actions.prioritize import prioritize_order
from orders.actions.tag import tag_order
from orders.api import OrderOut, PriorityWord, Strict, router
from orders.api_access import Number, work
from orders.models import Priority
from orders.tags import MOST

MAX_ID = 2**63 - 1


class CancelIn(Strict):
    reason: str = Field(max_length=40, description="Key of a cancellation reason, such as out_of_stock")
    note: str = Field("", max_length=200)


class CancelLineIn(Strict):
    line: int = Field(ge=1, le=MAX_ID, description="The line's id, from the order's details")
    qty: int = Field(ge=1, le=1_000_000)


class RemainderIn(Strict):
    reason: str = Field(max_length=40)
    lines: list[CancelLineIn] = Field(min_length=1, max_length=1000)


class HoldIn(Strict):
    reason: str = Field(max_length=40, description="Key of a hold reason, such as address")
    detail: str = Field("", max_length=300, description="What the next person needs to know")
    until: Moment | None = Field(None, description="The hold ends by itself then; empty: somebody clears it")
    line: int | None = Field(None, ge=1, le=MAX_ID, description="Only this line, by its id")


class ClearIn(Strict):
    note: str = Field("", max_length=300)


class PriorityIn(Strict):
    priority: PriorityWord


class TagsIn(Strict):
    add: list[str] = Field(default_factory=list, max_length=MOST)
    remove: list[str] = Field(default_factory=list, max_length=1000)


class NoteIn(Strict):
    text: str = Field(min_length=1, max_length=LONGEST)


@router.post("/{number}/cancellation", response={200: OrderOut}, summary="Cancel an order")
def cancel(request: HttpRequest, number: Number, body: CancelIn) -> HttpResponse:
    """Frees its stock. 409 once anything was dispatched: goods on a lorry come back as a return."""
    return work(
        request, number, move="cancel",
        act=lambda actor: cancel_order(number, reason=body.reason, note=body.note, actor=actor),
    )  # fmt: skip


@router.post("/{number}/remainder", response={200: OrderOut}, summary="Cancel a part that is not packed")
def cancel_part(request: HttpRequest, number: Number, body: RemainderIn) -> HttpResponse:
    """Units per line, all of them or none; what the customer owes goes down with them."""
    wanted = {line.line: line.qty for line in body.lines}
    if len(wanted) < len(body.lines):
        return problem(422, "line_twice", "A line is named twice; name each line once.")
    return work(
        request, number, move="cancel_remainder",
        act=lambda actor: cancel_remainder(number, quantities=wanted, reason=body.reason, actor=actor),
    )  # fmt: skip


@router.post("/{number}/holds", response={200: OrderOut}, summary="Put an order or a line on hold")
def hold(request: HttpRequest, number: Number, body: HoldIn) -> HttpResponse:
    """409 when the same hold is open already. The open holds with their ids are in the order's details."""
    return work(
        request, number, move="hold", permission="orders.hold",
        act=lambda actor: hold_order(
            number, reason=body.reason, detail=body.detail, until=body.until, line_id=body.line, actor=actor
        ),
    )  # fmt: skip


@router.post("/{number}/holds/{int:hold_id}/clearance", response={200: OrderOut}, summary="Clear a hold")
def clear(request: HttpRequest, number: Number, hold_id: int, body: ClearIn) -> HttpResponse:
    """409 when it is cleared already."""
    return work(
        request, number, move="clear_hold", permission="orders.hold",
        act=lambda actor: clear_hold(number, hold_id=min(hold_id, MAX_ID), note=body.note, actor=actor),
    )  # fmt: skip


@router.post("/{number}/priority", response={200: OrderOut}, summary="Say how urgent an order is")
def prioritize(request: HttpRequest, number: Number, body: PriorityIn) -> HttpResponse:
    """What is chosen stays, whatever the priority rules say. 409 when it has that priority, or is not open any more."""
    chosen = Priority[body.priority.upper()]
    return work(
        request, number, permission="orders.assign",
        act=lambda actor: prioritize_order(number, priority=chosen, actor=actor),
    )  # fmt: skip


@router.post("/{number}/tags", response={200: OrderOut}, summary="Put tags on an order, take tags off")
def tag(request: HttpRequest, number: Number, body: TagsIn) -> HttpResponse:
    """The other tags stay. Upper or lower case is the same tag. 409 when nothing changes."""
    return work(
        request, number, permission="orders.assign",
        act=lambda actor: tag_order(number, add=body.add, remove=body.remove, actor=actor),
    )  # fmt: skip


@router.post("/{number}/notes", response={200: OrderOut}, summary="Leave a note for colleagues")
def note(request: HttpRequest, number: Number, body: NoteIn) -> HttpResponse:
    """Never shown to the customer."""
    return work(
        request, number, permission="orders.note", act=lambda actor: add_note(number, text=body.text, actor=actor)
    )
