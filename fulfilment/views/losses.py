"""A lost parcel: what the customer gets for it, and the claim on its carrier."""

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from fulfilment.actions import claim as claims
from fulfilment.actions.answer_loss import refund_loss, send_lost_again
from fulfilment.views.shipments import find
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from orders.policies import require_may

ANSWERS = {
    "send_again": (send_lost_again, "Back to work: it is sent again."),
    "refund": (refund_loss, "Taken off what the order costs; what was paid for it waits for Finance to send it back."),
}


@step_of("fulfilment:shipment", "number")
@needs("fulfilment.track")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    shipment = find(request, number)
    act, done = ANSWERS.get(request.POST.get("answer", ""), (None, ""))
    with shown_as_message(request, done):
        require_may(request.user, "shipment", "answer_loss")
        if act is None:
            raise Refused("answer_unknown", "Choose to send it again or to give the money back.")
        retrying()(act)(number, actor=request.user)
    return _back(request, shipment)


@step_of("fulfilment:shipment", "number")
@needs("fulfilment.track")
def claim(request: HttpRequest, number: str) -> HttpResponse:
    shipment = find(request, number)
    with shown_as_message(request, "Noted."):
        require_may(request.user, "shipment", "claim")
        retrying()(_step)(request, number)
    return _back(request, shipment)


def _step(request: HttpRequest, number: str) -> None:
    given = {name: request.POST.get(name, "") for name in ("step", "amount", "reference", "reason")}
    match given["step"]:
        case "file":
            claims.file_claim(number, amount=_amount(given["amount"]), reference=given["reference"], actor=request.user)
        case "settle":
            claims.settle_claim(number, amount=_amount(given["amount"]), actor=request.user)
        case "refuse":
            claims.refuse_claim(number, reason=given["reason"], actor=request.user)
        case "drop":
            claims.drop_claim(number, reason=given["reason"], actor=request.user)
        case "open_again":
            claims.open_claim_again(number, actor=request.user)
        case _:
            raise Refused("step_unknown", "Choose what happened to the claim.")


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
        raise Refused("amount_unreadable", f"“{text.strip()[:30]}” is not an amount. Write it in digits, like 1200.50.")
    return amount


def _back(request: HttpRequest, shipment) -> HttpResponse:
    if request.POST.get("where") == "order":
        return redirect(shipment.order)
    return redirect("fulfilment:shipment", shipment.number)
