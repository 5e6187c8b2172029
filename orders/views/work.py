"""What people do to an order: each a POST to a noun, back to the page with a sentence."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.views.decorators.http import require_POST

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.assign import assign_order
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.finish import close_order, reopen_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import add_note
from orders.actions.release import release_order
from orders.policies import require_may
from orders.selectors import order_or_404

BULK_LIMIT = 200


def _make(request: HttpRequest, number: str, move: str, done: str, act: Callable[[], Any]) -> HttpResponse:
    """Check that the person may, act, and go back to the order with what happened."""
    order = order_or_404(number, request.user)
    with shown_as_message(request, done):
        if move:
            require_may(request.user, "order", move)
        retrying()(act)()
    return redirect(order)


@require_POST
@needs("orders.view")
def confirmation(request: HttpRequest, number: str) -> HttpResponse:
    return _make(
        request, number, "confirm", f"{number} is confirmed.", lambda: confirm_order(number, actor=request.user)
    )


@require_POST
@needs("orders.view")
def release(request: HttpRequest, number: str) -> HttpResponse:
    return _make(
        request, number, "release", f"{number} is in the pick queue.", lambda: release_order(number, actor=request.user)
    )


@require_POST
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


@require_POST
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


@require_POST
@needs("orders.view")
def closure(request: HttpRequest, number: str) -> HttpResponse:
    return _make(request, number, "close", f"{number} is closed.", lambda: close_order(number, actor=request.user))


@require_POST
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


@require_POST
@needs("orders.hold")
def holds(request: HttpRequest, number: str) -> HttpResponse:
    def act() -> None:
        until = parse_datetime(request.POST.get("until", ""))
        until = make_aware(until) if until and is_naive(until) else until
        detail = request.POST.get("detail", "")
        hold_order(number, reason=request.POST.get("reason", ""), detail=detail, until=until, actor=request.user)

    return _make(request, number, "hold", f"{number} is on hold.", act)


@require_POST
@needs("orders.hold")
def hold_clearance(request: HttpRequest, number: str, hold_id: int) -> HttpResponse:
    note = request.POST.get("note", "")
    return _make(
        request,
        number,
        "clear_hold",
        "The hold is cleared.",
        lambda: clear_hold(number, hold_id=hold_id, note=note, actor=request.user),
    )


@require_POST
@needs("orders.assign")
def assignment(request: HttpRequest, number: str) -> HttpResponse:
    name = request.POST.get("username", "")
    return _make(
        request,
        number,
        "",
        f"{number} has a new owner.",
        lambda: assign_order(number, username=name, actor=request.user),
    )


@require_POST
@needs("orders.note")
def notes(request: HttpRequest, number: str) -> HttpResponse:
    return _make(
        request,
        number,
        "",
        "Note added.",
        lambda: add_note(number, text=request.POST.get("text", ""), actor=request.user),
    )


@require_POST
@needs("orders.view")
def bulk(request: HttpRequest) -> HttpResponse:
    """One action over the ticked orders, each in its own transaction; the answer says per row what happened."""
    numbers, action = request.POST.getlist("number")[:BULK_LIMIT], request.POST.get("action", "")
    actions: dict[str, tuple[str, Callable[[str], Any]]] = {
        "confirm": ("confirm", lambda n: confirm_order(n, actor=request.user)),
        "release": ("release", lambda n: release_order(n, actor=request.user)),
        "hold": ("hold", lambda n: hold_order(n, reason=request.POST.get("reason", ""), actor=request.user)),
        "assign": ("", lambda n: assign_order(n, username=request.user.get_username(), actor=request.user)),
    }
    if not numbers or action not in actions:
        messages.warning(request, "Tick the orders first, then choose what to do with them.")
        return redirect("orders:list")
    move, act = actions[action]
    results = [(n, *_one(request, n, move, act)) for n in numbers]
    context = {"here": "orders", "action": action, "results": results, "done": sum(ok for _, ok, _ in results)}
    return render(request, "orders/bulk_result.html", context)


def _one(request: HttpRequest, number: str, move: str, act: Callable[[str], Any]) -> tuple[bool, str]:
    from orders.models import Order

    if not Order.objects.visible_to(request.user).filter(number=number).exists():
        return False, "There is no such order."
    try:
        if move:
            require_may(request.user, "order", move)
        retrying()(act)(number)
    except Refused as refused:
        return False, refused.message
    except Busy as busy:
        return False, str(busy)
    return True, "Done"
