"""Every move of a return: POST to a noun, back to the page with a sentence."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from inventory.models import Location
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.errors import Refused
from orders.policies import require_may
from returns.actions.decide import approve_return, await_item, decline_return, reopen_return, waive_item
from returns.actions.finish import cancel_return, close_return
from returns.actions.inspect import clear_quarantine, inspect_return
from returns.actions.receive import receive_return
from returns.actions.resolve import resolve_return
from returns.actions.transit import mark_in_transit
from returns.forms import DecisionForm, InspectionForm, ReasonForm, ReceiptForm, SettlementForm, TransitForm
from returns.models import Return
from returns.views.pages import find, return_page

ANSWERS: dict[str, str] = {
    "approve": "Approved. The parcel has 30 days to arrive.",
    "waive": "Approved without goods coming back. Settle it now.",
    "decline": "Declined. It can be asked again.",
}


@step_of("returns:detail", "number")
@needs("returns.decide")
def decision(request: HttpRequest, number: str) -> HttpResponse:
    answer = request.POST.get("answer", "")

    def decide(rma: Return, data: dict[str, Any]) -> None:
        match answer:
            case "approve":
                approve_return(rma.number, actor=request.user, note=data["note"])
            case "waive" if rma.status == "approved":
                waive_item(rma.number, actor=request.user)
            case "waive":
                approve_return(rma.number, actor=request.user, note=data["note"], item_expected=False)
            case "decline":
                decline_return(rma.number, actor=request.user, reason=data["note"])
            case _:
                raise Refused("answer_missing", "Choose an answer: approve, settle without goods, or decline.")

    return _made(request, number, "decide", DecisionForm, "decision", decide, ANSWERS.get(answer, ""))


@step_of("returns:detail", "number")
@needs("returns.request")
def transit(request: HttpRequest, number: str) -> HttpResponse:
    def move(rma: Return, data: dict[str, Any]) -> None:
        if rma.status == "approved":
            await_item(rma.number, actor=request.user)
        mark_in_transit(rma.number, actor=request.user, **data)

    return _made(request, number, "request", TransitForm, "transit", move, "Noted: the parcel is on its way.")


@step_of("returns:detail", "number")
@needs("returns.receive")
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    def receive(rma: Return, data: dict[str, Any], form: ReceiptForm) -> None:
        receive_return(
            rma.number,
            quantities=form.quantities,
            location=data["location"],
            is_last=data["is_last"],
            actor=request.user,
        )

    code = request.POST.get("location", "")[:40].replace("\x00", "")
    back = Location.objects.filter(code=code).exclude(pk__in=Location.objects.ours()).exists()
    done = (
        "Noted as back at the supplier. Say what was found next."
        if back
        else "Counted into quarantine. Inspect it next."
    )
    return _made(request, number, "receive", ReceiptForm, "receipt", receive, done)


@step_of("returns:detail", "number")
@needs("returns.receive")
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    def inspect(rma: Return, data: dict[str, Any], form: InspectionForm) -> None:
        inspect_return(rma.number, findings=form.findings, actor=request.user)

    return _made(
        request, number, "inspect", InspectionForm, "inspection", inspect, "Inspected. Sellable units are back on sale."
    )


@step_of("returns:detail", "number")
@needs("returns.receive")
def quarantine(request: HttpRequest, number: str) -> HttpResponse:
    """Decide later about units an inspection left in quarantine."""
    rma = find(request, number)
    with shown_as_message(request, "Out of quarantine."):
        require_may(request.user, "return", "inspect")
        pk = request.POST.get("inspection", "")
        if not pk.isdecimal() or len(pk) > 18:
            raise Refused("not_in_quarantine", "Choose which units; reload the page.")
        clear_quarantine(
            rma.number, inspection_id=int(pk), disposition=request.POST.get("disposition", ""), actor=request.user
        )
    return redirect(rma)


@step_of("returns:detail", "number")
@needs("returns.decide")
def settlement(request: HttpRequest, number: str) -> HttpResponse:
    def settle(rma: Return, data: dict[str, Any], form: SettlementForm) -> None:
        resolve_return(rma.number, settlements=form.settlements, note=data["note"], actor=request.user, **form.amounts)

    return _made(request, number, "resolve", SettlementForm, "settlement", settle, "Settled.")


@step_of("returns:detail", "number")
@needs("returns.decide")
def closing(request: HttpRequest, number: str) -> HttpResponse:
    rma = find(request, number)
    with shown_as_message(request, "Filed."):
        require_may(request.user, "return", "resolve")
        close_return(rma.number, actor=request.user)
    return redirect(rma)


@step_of("returns:detail", "number")
@needs("returns.request")
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    def cancel(rma: Return, data: dict[str, Any]) -> None:
        cancel_return(rma.number, reason=data["reason"], actor=request.user)

    return _made(
        request, number, "request", ReasonForm, "cancelling", cancel, "Cancelled. The units can be asked for again."
    )


@step_of("returns:detail", "number")
@needs("returns.request")
def reopening(request: HttpRequest, number: str) -> HttpResponse:
    def reopen(rma: Return, data: dict[str, Any]) -> None:
        reopen_return(rma.number, reason=data["reason"], actor=request.user)

    policy = "resolve" if find(request, number).status == "closed" else "request"
    return _made(request, number, policy, ReasonForm, "reopening", reopen, "Opened again.")


def _made(
    request: HttpRequest,
    number: str,
    policy: str,
    form_class: Callable[..., forms.Form],
    name: str,
    act: Callable[..., None],
    done: str,
) -> HttpResponse:
    """Run one move: back to the page when it worked, the page with what was typed when it did not."""
    rma = find(request, number)
    needs_lines = form_class in (ReceiptForm, InspectionForm, SettlementForm)
    form = form_class(request.POST, **({"rma": rma} if needs_lines else {}))
    worked = False
    if form.is_valid():
        with shown_as_message(request, done):
            require_may(request.user, "return", policy)
            act(*([rma, form.cleaned_data, form] if needs_lines else [rma, form.cleaned_data]))
            worked = True
    if worked:
        return redirect(rma)
    return return_page(request, find(request, number), status=422, **{name: form})
