"""What people do to an order: each a POST to a noun, back to the page with a sentence."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import is_naive, make_aware

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.kernel.plural import plural
from orders.actions.approve import decide_approval
from orders.actions.ask_again import ask_again
from orders.actions.assign import assign_order
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.decline import decline_hold
from orders.actions.finish import close_order, reopen_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import add_note
from orders.actions.prioritize import prioritize_order
from orders.actions.rate import record_rate
from orders.actions.release import release_order
from orders.actions.sub_stage import set_sub_stage
from orders.actions.tag import tag_order
from orders.answer import released
from orders.models import Hold, Order
from orders.policies import require_may
from orders.selectors import order_or_404
from orders.undoing import way_back
from orders.views.files import keep_files


def _make(
    request: HttpRequest, number: str, move: str, done: str | Callable[[Order], str], act: Callable[[], Any]
) -> HttpResponse:
    """Check that the person may, act, and go back with what happened: to the page named in `back`, else to the order."""
    order = order_or_404(number, request.user)
    said = done if isinstance(done, str) else done(order)
    with shown_as_message(request, said, lambda: way_back(number, request.user)):
        if move:
            require_may(request.user, "order", move)
        retrying()(act)()
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else order)


@step_of("orders:detail", "number")
@needs("orders.view")
def confirmation(request: HttpRequest, number: str) -> HttpResponse:
    return _make(
        request, number, "confirm", f"{number} is confirmed.", lambda: confirm_order(number, actor=request.user)
    )


@step_of("orders:detail", "number")
@needs("orders.view")
def release(request: HttpRequest, number: str) -> HttpResponse:
    return _make(request, number, "release", released, lambda: release_order(number, actor=request.user))


@step_of("orders:detail", "number")
@needs("orders.view")
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
    return _make(
        request,
        number,
        "cancel",
        f"{number} is cancelled.",
        lambda: cancel_order(number, reason=reason, note=note, actor=request.user),
    )


@step_of("orders:detail", "number")
@needs("orders.view")
def remainder(request: HttpRequest, number: str) -> HttpResponse:
    def act() -> None:
        asked = {
            int(k[4:]): _whole(v)
            for k, v in request.POST.items()
            if k.startswith("qty_") and k[4:].isdigit() and v.strip()
        }
        cancel_remainder(number, quantities=asked, reason=request.POST.get("reason", ""), actor=request.user)

    return _make(request, number, "cancel_remainder", f"Part of {number} is cancelled.", act)


def _whole(text: str) -> int:
    if not text.strip().isdigit():
        raise Refused("not_a_number", f"“{text[:20]}” is not a whole number of units.")
    return int(text)


@step_of("orders:detail", "number")
@needs("orders.view")
def closure(request: HttpRequest, number: str) -> HttpResponse:
    return _make(request, number, "close", f"{number} is closed.", lambda: close_order(number, actor=request.user))


@step_of("orders:detail", "number")
@needs("orders.view")
def reopening(request: HttpRequest, number: str) -> HttpResponse:
    reason = request.POST.get("note", "")
    return _make(
        request,
        number,
        "reopen",
        f"{number} is open again.",
        lambda: reopen_order(number, reason=reason, actor=request.user),
    )


@step_of("orders:detail", "number")
@needs("orders.hold")
def holds(request: HttpRequest, number: str) -> HttpResponse:
    def act() -> None:
        until = _moment(request.POST.get("until", ""))
        detail = request.POST.get("detail", "")
        hold_order(number, reason=request.POST.get("reason", ""), detail=detail, until=until, actor=request.user)

    return _make(request, number, "hold", f"{number} is on hold.", act)


def _moment(text: str) -> datetime | None:
    """The moment typed, aware; None when left empty."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if text.strip() and at is None:
        raise Refused("not_a_moment", f"“{text[:30]}” is not a date and time; write it like 2026-03-18T14:30.")
    return make_aware(at) if at and is_naive(at) else at


@step_of("orders:detail", "number")
@needs("orders.hold")
def hold_clearance(request: HttpRequest, number: str, hold_id: int) -> HttpResponse:
    return _answer(request, number, hold_id, "clear_hold", "The hold is cleared.", clear_hold)


@step_of("orders:detail", "number")
@needs("orders.hold")
def hold_refusal(request: HttpRequest, number: str, hold_id: int) -> HttpResponse:
    """The no of the team that owns the hold; the action asks who may."""
    said = "Said no. The order goes to those who may cancel or change it."
    return _answer(request, number, hold_id, "", said, decline_hold)


@step_of("orders:detail", "number")
@needs("orders.hold")
def hold_question(request: HttpRequest, number: str, hold_id: int) -> HttpResponse:
    """What was declined is asked once more."""
    return _answer(request, number, hold_id, "", "Asked again.", ask_again)


def _answer(
    request: HttpRequest, number: str, hold_id: int, move: str, said: str, act: Callable[..., Any]
) -> HttpResponse:
    """What somebody says to a hold, with the words they typed."""
    note = request.POST.get("note", "")
    return _make(request, number, move, said, lambda: act(number, hold_id=hold_id, note=note, actor=request.user))


@step_of("orders:detail", "number")
@needs("orders.hold")
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Run the checks again: after a correction, or when an admin changed a rule."""
    order = order_or_404(number, request.user)
    with shown_as_message(request):
        done = retrying()(check_again)(number, actor=request.user)
        said = Hold.objects.filter(order__number=number, cleared_at=None, declined_at__isnull=False)
        if noes := list(said.values_list("said", flat=True)):
            messages.warning(request, f"{number} is checked, and what was declined is the same. {'; '.join(noes)}.")
        if done.held:
            messages.warning(request, f"{number} is checked: {plural(done.held, 'new finding')} to settle.")
        if not noes and not done.held:
            messages.success(request, f"{number} is checked: nothing new, {plural(done.cleared, 'hold')} cleared.")
    return redirect(order)


@step_of("orders:detail", "number")
@needs("orders.view")
def approval(request: HttpRequest, number: str) -> HttpResponse:
    """The second person's yes or no; the action asks who may."""
    approve, note = request.POST.get("decision") == "approve", request.POST.get("note", "")
    done = f"The amount of {number} is {'approved' if approve else 'declined'}."
    return _make(
        request, number, "", done, lambda: decide_approval(number, approve=approve, note=note, actor=request.user)
    )


@step_of("orders:detail", "number")
@needs("orders.view")
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """The exchange rate of an order that was placed without one, or the right one in place of a wrong one."""
    text, reason = request.POST.get("rate", ""), request.POST.get("reason", "")
    return _make(
        request, number, "record_rate", f"{number} has its exchange rate.",
        lambda: record_rate(number, rate=_rate(text), reason=reason, actor=request.user),
    )  # fmt: skip


def _rate(text: str) -> Decimal:
    try:
        given = Decimal(text.strip())
    except InvalidOperation as error:
        raise Refused("rate_unreadable", "Enter the rate as a plain number, like 55.2.") from error
    if not given.is_finite():
        raise Refused("rate_unreadable", "Enter the rate as a plain number, like 55.2.")
    return given


@step_of("orders:detail", "number")
@needs("orders.assign")
def assignment(request: HttpRequest, number: str) -> HttpResponse:
    name = request.POST.get("username", "")
    return _make(
        request,
        number,
        "",
        f"{number} has a new owner.",
        lambda: assign_order(number, username=name, actor=request.user, seen=request.POST.get("seen")),
    )


@step_of("orders:detail", "number")
@needs("orders.assign")
def priority(request: HttpRequest, number: str) -> HttpResponse:
    chosen = request.POST.get("priority", "")
    said = f"{number} has a new priority."
    return _make(
        request, number, "", said,
        lambda: prioritize_order(number, priority=chosen, actor=request.user, seen=request.POST.get("seen")),
    )  # fmt: skip


@step_of("orders:detail", "number")
@needs("orders.assign")
def tags(request: HttpRequest, number: str) -> HttpResponse:
    add, remove = request.POST.getlist("add"), request.POST.getlist("remove")
    said = f"The tags of {number} are changed."
    return _make(request, number, "", said, lambda: tag_order(number, add=add, remove=remove, actor=request.user))


@step_of("orders:detail", "number")
@needs("orders.note")
def notes(request: HttpRequest, number: str) -> HttpResponse:
    def act() -> None:
        note = add_note(number, text=request.POST.get("text", ""), actor=request.user)
        for sentence in note.unheard or ():
            messages.warning(request, sentence)
        keep_files(request, number, note)

    return _make(request, number, "", "Note added.", act)


@step_of("orders:detail", "number")
@needs("orders.assign")
def sub_stage(request: HttpRequest, number: str) -> HttpResponse:
    key = request.POST.get("key", "")
    return _make(
        request, number, "", f"{number}: the step is set.", lambda: set_sub_stage(number, key=key, actor=request.user)
    )
