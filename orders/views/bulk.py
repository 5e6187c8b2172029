"""One action over the ticked orders, each in its own transaction; the answer says per row what happened."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.assign import assign_order
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.actions.release import release_order
from orders.models import HoldReason, Order
from orders.policies import require_may

LIMIT = 200
# Action -> (permission, move, what the result page calls it).
ACTIONS = {
    "confirm": ("orders.view", "confirm", "Confirm"), "release": ("orders.view", "release", "Release to picking"),
    "hold": ("orders.hold", "hold", "Put on hold"), "take": ("orders.assign", "", "Take"),
    "assign": ("orders.assign", "", "Assign"),
}  # fmt: skip


@require_POST
@needs("orders.view")
def bulk(request: HttpRequest) -> HttpResponse:
    """Do it to each ticked order; what is refused is left as it was, with its sentence beside it."""
    numbers, action = list(dict.fromkeys(request.POST.getlist("number"))), request.POST.get("action", "")
    if not numbers or action not in ACTIONS:
        return _back(request, "Tick the orders first, then choose what to do with them.")
    if len(numbers) > LIMIT:
        return _back(request, f"At most {LIMIT} orders at once; you ticked {len(numbers)}. Nothing was changed.")
    permission, move, label = ACTIONS[action]
    if not request.user.can(permission):
        return _back(request, "Your role may not do this. Ask an admin.")
    if action == "hold" and not HoldReason.objects.filter(key=_text(request, "reason"), is_active=True).exists():
        return _back(request, "Choose why the orders are held. Nothing was changed.")
    act = _act(request, action)
    results = [(number, *_one(request, number, move, act)) for number in numbers]
    done = sum(ok for _, ok, _ in results)
    return render(
        request, "orders/bulk_result.html", {"here": "orders", "label": label, "results": results, "done": done}
    )


def _act(request: HttpRequest, action: str) -> Callable[[str], Any]:
    reason, detail = _text(request, "reason"), _text(request, "detail")
    to = request.user.get_username() if action == "take" else _text(request, "username")
    actions: dict[str, Callable[[str], Any]] = {
        "confirm": lambda n: confirm_order(n, actor=request.user),
        "release": lambda n: release_order(n, actor=request.user),
        "hold": lambda n: hold_order(n, reason=reason, detail=detail, actor=request.user),
    }
    return actions.get(action, lambda n: assign_order(n, username=to, actor=request.user))


def _one(request: HttpRequest, number: str, move: str, act: Callable[[str], Any]) -> tuple[bool, str]:
    if "\x00" in number or not Order.objects.visible_to(request.user).filter(number=number).exists():
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


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.warning(request, sentence)
    return redirect("orders:list")
