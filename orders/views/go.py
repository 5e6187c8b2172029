"""The command bar: a line is read and shown as what it will do; only a POST does it. `/go/` is the same without script."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.command.parse import Act, Command, Search, Show, parse
from orders.command.phrases import phrases
from orders.command.registry import VERBS, Plan, plan_for
from orders.models import Order

SHOWN = 8


@require_http_methods(["GET", "POST"])
@needs("orders.view")
def go(request: HttpRequest) -> HttpResponse:
    """GET shows what the line `q` means (`on`: the order on screen); POST does it, once, under the same guards."""
    given = request.POST if request.method == "POST" else request.GET
    text, on = (given.get(name, "").replace("\x00", "").strip() for name in ("q", "on"))
    command = parse(text, verbs=VERBS, phrases=phrases(), on=on)
    if request.method == "POST" and isinstance(command, Act):
        return _done(request, command, text)
    part = request.headers.get("HX-Request") == "true"
    if not part and not isinstance(command, Act) and text:
        return _elsewhere(request, command)
    context = {"here": "orders", "q": text, "on": on, **_understood(request, command)}
    return render(request, "orders/_go.html" if part else "orders/go.html", context)


def _understood(request: HttpRequest, command: Command) -> dict[str, Any]:
    """What the page shows of the command: its plan, its list, or what was found."""
    if isinstance(command, Act):
        order = _order(request, command.number)
        return {"order": order, "wanted": command, "plan": _plan(request, command, order) if order else None}
    if isinstance(command, Show):
        return {"show": command, "url": _list_url(command)}
    rows = Order.objects.visible_to(request.user).select_related("channel")
    found = rows.search(command.text).order_by("-placed_at", "-id")[:SHOWN] if command.text else ()
    return {"found": found, "usages": [verb.usage for verb in VERBS.values() if request.user.can(verb.permission)]}


def _done(request: HttpRequest, command: Act, text: str) -> HttpResponse:
    order = _order(request, command.number)
    back = f"{reverse('go')}?{urlencode({'q': text, 'on': request.POST.get('on', '')[:40]})}"
    if order is None:
        return redirect(back)
    plan = _plan(request, command, order)
    try:
        if plan.refusals:
            raise Refused.because(plan.refusals)
        messages.success(request, retrying()(plan.run)())
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(back)
    except Busy as busy:
        messages.warning(request, str(busy))
        return redirect(back)
    return redirect(order)


def _plan(request: HttpRequest, command: Act, order: Order) -> Plan:
    return plan_for(VERBS[command.verb], order, command.rest, request.user)


def _order(request: HttpRequest, number: str) -> Order | None:
    """The order called `number`, or ending in it when people leave the prefix out; None unless it is exactly one."""
    rows = Order.objects.visible_to(request.user)
    wanted = number.lower()
    found = [o for o in rows.search(number)[:50] if wanted in (o.number.lower(), o.number.lower().partition("-")[2])]
    return found[0] if len(found) == 1 else None


def _elsewhere(request: HttpRequest, command: Show | Search) -> HttpResponse:
    """What is no step is a place: the list it names, the order with exactly this number, or the list of what is found."""
    if isinstance(command, Show):
        return redirect(_list_url(command))
    if order := Order.objects.visible_to(request.user).filter(number__iexact=command.text).first():
        return redirect(order)
    return redirect(f"{reverse('orders:list')}?{urlencode({'view': 'all', 'q': command.text})}")


def _list_url(command: Show) -> str:
    return f"{reverse('orders:list')}?{urlencode([('view', 'all'), *command.query])}"
