"""Undo the last step, after a page that says what comes back and what does not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.events.models import Event
from oms.kernel.db import retrying
from oms.kernel.errors import Busy
from orders.actions.undo import undo_step
from orders.actions.undo_preview import preview_undo
from orders.selectors import order_or_404
from orders.undoing import until
from orders.words import said


@require_http_methods(["GET", "POST"])
@needs("orders.assign")
def undo(request: HttpRequest, number: str, seq: int) -> HttpResponse:
    order = order_or_404(number, request.user)
    if request.method == "POST":
        with shown_as_message(request, f"Undone. {number} is as it was before."):
            retrying()(undo_step)(number, seq=seq, actor=request.user)
        return redirect(order)
    step = Event.objects.filter(stream=number, seq=seq).first()
    context = {
        "here": "orders",
        "order": order,
        "step": step,
        "says": said(step) if step else "",
        "until": until(step) if step else None,
    }
    try:
        context["consequences"] = retrying()(preview_undo)(number, seq=seq, actor=request.user)
    except Busy as busy:
        context["busy"] = str(busy)
    return render(request, "orders/undo.html", context)
