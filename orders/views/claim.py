"""Take the next order of a queue; keep, give back or take over the one on screen."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from orders.actions.claim import claim_order, release_claim, take_next_order, take_over_claim
from orders.models import Order
from orders.queues import queue_of
from orders.selectors import order_or_404


@step_of("home")
@needs("orders.assign")
def take(request: HttpRequest) -> HttpResponse:
    """Hand out the most urgent order of one queue of one of the person's homes, and open it."""
    role, key = request.POST.get("role", ""), request.POST.get("queue", "")
    with shown_as_message(request):
        query = queue_of(role, key)
        if query is None or (role not in request.user.roles and not request.user.is_superuser):
            raise Refused("queue_unknown", "That queue is not on a home of yours. Reload your home and try again.")
        order = retrying()(take_next_order)(query, actor=request.user)
        _said(request, order)
        return redirect(order)
    return redirect("home")


@step_of("orders:detail", "number")
@needs("orders.assign")
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the order for longer, give it back, or take it out of somebody else's hand."""
    order = order_or_404(number, request.user)
    how, reason = request.POST.get("how", ""), request.POST.get("reason", "").replace("\x00", "")
    with shown_as_message(request):
        match how:
            case "keep":
                _said(request, retrying()(claim_order)(number, actor=request.user))
            case "take-over":
                _said(request, retrying()(take_over_claim)(number, reason=reason, actor=request.user))
            case "release":
                retrying()(release_claim)(number, actor=request.user)
                messages.success(request, f"{number} is back in its queue.")
            case _:
                raise Refused("how_unknown", "Use one of the buttons on the page.")
    return redirect(order)


def _said(request: HttpRequest, order: Order) -> None:
    messages.success(request, f"{order.number} is yours until {localtime(order.claimed_until):%H:%M}.")
