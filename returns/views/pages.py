"""The page of one return, and the form that starts one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.ui.lost import Lost
from orders.models import Order
from orders.policies import require_may
from returns import selectors
from returns.actions.request import request_return
from returns.forms import DecisionForm, InspectionForm, NewReturnForm, ReceiptForm, SettlementForm, TransitForm
from returns.models import Disposition, Return
from returns.moves import MAIN_ROAD, offers
from returns.quantities import returnable
from returns.rules import inside_window, something_delivered


@require_GET
@needs("returns.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return return_page(request, find(request, number))


def find(request: HttpRequest, number: str) -> Return:
    """The return `number`, if this person may see it."""
    rma = selectors.load_return(request.user, number)
    if rma is None:
        raise Lost(f"No return {number[:60]}", search=number[:60])
    return rma


def return_page(request: HttpRequest, rma: Return, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole page; `forms` replaces a form by the one a person filled in wrongly."""
    moves = offers(rma, request.user)
    context = {
        "rma": rma,
        "order": rma.order,
        "answer": selectors.answer(rma),
        "track": selectors.track(rma),
        "rows": selectors.rows(rma),
        "timeline": selectors.timeline(rma),
        "moves": moves,
        "closed_moves": [moves[name] for name in MAIN_ROAD if not moves[name].is_open],
        "window": inside_window(rma.order, rma.requested_at),
        "dispositions": [d for d in Disposition if d != Disposition.QUARANTINE],
        **_open_forms(rma, moves),
        **forms,
    }
    return render(request, "returns/return_detail.html", context, status=status)


def _open_forms(rma: Return, moves: dict) -> dict[str, Any]:
    return {
        "decision": DecisionForm() if rma.status == "requested" else None,
        "transit": TransitForm() if moves["mark_in_transit"].is_open else None,
        "receipt": ReceiptForm(rma=rma) if moves["receive_part"].is_open else None,
        "inspection": InspectionForm(rma=rma) if moves["inspect"].is_open else None,
        "settlement": SettlementForm(rma=rma) if moves["resolve"].is_open else None,
    }


@require_http_methods(["GET", "POST"])
@needs("returns.request")
def new(request: HttpRequest, order_number: str) -> HttpResponse:
    """Start a return from an order: which lines, how many, why."""
    order = get_object_or_404(Order.objects.visible_to(request.user).select_related("channel"), number=order_number)
    lines = list(order.lines.all())
    form = NewReturnForm(request.POST or None, lines=lines, free=returnable(order, lines))
    status = 200
    if request.method == "POST":
        if form.is_valid() and (rma := _request(request, order, form)):
            return redirect(rma)
        status = 422
    closed = something_delivered(order)
    context = {"order": order, "form": form, "closed": closed, "window": inside_window(order)}
    return render(request, "returns/return_form.html", context, status=status)


def _request(request: HttpRequest, order: Order, form: NewReturnForm) -> Return | None:
    rma = None
    with shown_as_message(request, "The return is asked for. Decide it when you have what you need."):
        require_may(request.user, "return", "request")
        data = form.cleaned_data
        rma = request_return(
            order.number, quantities=form.quantities, reason=data["reason"].key, type=data["type"], note=data["note"],
            actor=request.user,
        )  # fmt: skip
    return rma
