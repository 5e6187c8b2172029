"""One action over the ticked orders: what it would do, then each in its own transaction, then the sheet of what happened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from oms.access.steps import step_of
from oms.kernel import csvout
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.assign import assign_order
from orders.actions.bulk import keep_results
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.actions.release import release_order
from orders.actions.tag import tag_order
from orders.bulk import ACTIONS, LABELS, preview
from orders.models import BulkRun, HoldReason, Order
from orders.policies import require_may

LIMIT = 200
ASKED = ("reason", "detail", "username", "tag")


@step_of("orders:list")
@needs("orders.view")
def bulk(request: HttpRequest) -> HttpResponse:
    """Show what would happen; with `sure`, do it to each order. What is refused is left as it was, with its sentence."""
    numbers, action = list(dict.fromkeys(request.POST.getlist("number"))), ACTIONS.get(request.POST.get("action", ""))
    if not numbers or action is None:
        return _back(request, "Tick the orders first, then choose what to do with them.")
    if len(numbers) > LIMIT:
        return _back(request, f"At most {LIMIT} orders at once; you ticked {len(numbers)}. Nothing was changed.")
    if not request.user.can(action.permission):
        return _back(request, "Your role may not do this. Ask an admin.")
    asked = {name: request.POST.get(name, "").replace("\x00", "") for name in ASKED}
    if action.key == "hold" and not HoldReason.objects.filter(key=asked["reason"], is_active=True).exists():
        return _back(request, "Choose why the orders are held. Nothing was changed.")
    if action.key == "tag" and not asked["tag"].strip():
        return _back(request, "Type the tag first. Nothing was changed.")
    if action.previewed and "sure" not in request.POST:
        seen = preview(numbers, action, request.user, reason=asked["reason"])
        return render(request, "orders/bulk_preview.html", {"here": "orders", "preview": seen, "asked": asked})
    act, began = _act(request, action.key, asked), now()
    results = [(number, *_one(request, number, action.move, act)) for number in numbers]
    return redirect("orders:bulk-run", keep_results(action.key, asked, results, actor=request.user, since=began).pk)


@require_GET
@needs("orders.view")
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to each order; those that did not move can be tried again."""
    run = own_run(request, pk)
    context = {
        "here": "orders", "run": run, "label": LABELS[run.action], "done": len(run.results) - len(run.failed),
        "again": run.action in ACTIONS, "undo_until": run.at + timedelta(minutes=settings.UNDO_MINUTES),
        "undoable": len(run.steps) if now() < run.at + timedelta(minutes=settings.UNDO_MINUTES) else 0,
    }  # fmt: skip
    return render(request, "orders/bulk_result.html", context)


@require_GET
@needs("orders.view")
def bulk_sheet(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The same as a file."""
    run = own_run(request, pk)
    lines = csvout.stream(["Order", "Done", "Result"], run.results)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{run.action}-{run.pk}.csv"'
    return answer


def own_run(request: HttpRequest, pk: int) -> BulkRun:
    """The run, which only its own person looks at."""
    run = BulkRun.objects.filter(pk=pk, by=request.user).first()
    if run is None:
        raise Http404
    return run


def _act(request: HttpRequest, action: str, asked: dict[str, str]) -> Callable[[str], Any]:
    to = request.user.get_username() if action == "take" else asked["username"]
    actions: dict[str, Callable[[str], Any]] = {
        "confirm": lambda n: confirm_order(n, actor=request.user),
        "release": lambda n: release_order(n, actor=request.user),
        "hold": lambda n: hold_order(n, reason=asked["reason"], detail=asked["detail"], actor=request.user),
        "tag": lambda n: tag_order(n, add=[asked["tag"]], actor=request.user),
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


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.warning(request, sentence)
    return redirect("orders:list")
