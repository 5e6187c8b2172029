"""Every move of a purchase order: POST to a noun, back to its page with a sentence."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from inventory.actions.purchases.end import cancel_purchase, close_purchase, cut_line
from inventory.actions.purchases.eta import Expected, set_etas
from inventory.actions.purchases.send import send_purchase
from inventory.models import PurchaseOrder
from inventory.views.purchases import find
from inventory.views.typed import day_of, whole
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying


@step_of("purchases:detail", "number")
@needs("purchases.edit")
def sending(request: HttpRequest, number: str) -> HttpResponse:
    def run(purchase: PurchaseOrder) -> None:
        send_purchase(number, actor=request.user)

    return _made(request, number, run, "Sent. Its units count as incoming now.")


@step_of("purchases:detail", "number")
@needs("purchases.edit")
def days(request: HttpRequest, number: str) -> HttpResponse:
    def run(purchase: PurchaseOrder) -> None:
        given = {
            line.pk: Expected(day_of(request.POST[f"eta_{line.pk}"]), f"confirmed_{line.pk}" in request.POST)
            for line in purchase.lines.all()
            if f"eta_{line.pk}" in request.POST
        }
        set_etas(number, given, reason=request.POST.get("reason", ""), actor=request.user)

    return _made(request, number, run, "The days are noted. Promises to customers follow.")


@step_of("purchases:detail", "number")
@needs("purchases.edit")
def cut(request: HttpRequest, number: str) -> HttpResponse:
    def run(purchase: PurchaseOrder) -> None:
        given = request.POST
        cut_line(
            number, line_id=whole(given.get("line", "")), qty=whole(given.get("qty", "")),
            reason=given.get("reason", ""), actor=request.user,
        )  # fmt: skip

    return _made(request, number, run, "Taken off. They no longer count as incoming.")


@step_of("purchases:detail", "number")
@needs("purchases.edit")
def closing(request: HttpRequest, number: str) -> HttpResponse:
    def run(purchase: PurchaseOrder) -> None:
        close_purchase(number, reason=request.POST.get("reason", ""), actor=request.user)

    return _made(request, number, run, "Closed.")


@step_of("purchases:detail", "number")
@needs("purchases.edit")
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    def run(purchase: PurchaseOrder) -> None:
        cancel_purchase(number, reason=request.POST.get("reason", ""), actor=request.user)

    return _made(request, number, run, "Cancelled. Nothing of it is expected any more.")


def _made(request: HttpRequest, number: str, run: Callable[[PurchaseOrder], None], done: str) -> HttpResponse:
    purchase = find(request, number)
    with shown_as_message(request, done):
        retrying()(run)(purchase)
    return redirect(purchase)
