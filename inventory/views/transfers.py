"""The page of one transfer, and its form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory import transferring
from inventory.actions.transfers.draft import draft_transfer, edit_transfer
from inventory.documents.transfer import transfer_pdf
from inventory.filters import places
from inventory.forms_transfer import TransferForm
from inventory.models import Transfer
from inventory.states import COMING
from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.ui.lost import Lost


def find(request: HttpRequest, number: str) -> Transfer:
    """The transfer `number`, if this person may see it."""
    transfer = transferring.load_transfer(request.user, number)
    if transfer is None:
        raise Lost(f"No transfer {number[:60]}", search=number[:60])
    return transfer


@require_GET
@needs("inventory.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    transfer = find(request, number)
    lines, moves = list(transfer.lines.all()), transferring.offers(transfer, request.user)
    coming = transfer.status in COMING
    context = {
        "transfer": transfer, "lines": lines, "answer": transferring.answer(transfer), "moves": moves,
        "closed_moves": [offer for offer in moves.values() if not offer.is_open], "here": "transfers",
        "timeline": transferring.timeline(transfer), "may_edit": request.user.can("inventory.adjust"),
        "coming": coming, "missing": sum(line.qty_open for line in lines) if coming else 0,
    }  # fmt: skip
    return render(request, "transfers/transfer_detail.html", context)


@require_GET
@needs("inventory.view")
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The paper that travels with it."""
    transfer = find(request, number)
    answer = HttpResponse(transfer_pdf(transfer), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{transfer.number}.pdf"'
    return answer


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def new(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    transfer = find(request, number)
    if transfer.status != "draft" or transferring.only_at(transfer.source, request.user):
        return redirect(transfer)
    return _form(request, transfer)


def _form(request: HttpRequest, transfer: Transfer | None) -> HttpResponse:
    lines = list(transfer.lines.all()) if transfer else []
    initial: dict[str, Any] = {}
    if transfer:
        initial = {
            "source": transfer.source.code, "location": transfer.location.code, "note": transfer.note,
            "eta": transfer.eta, "version": transfer.version,
        }  # fmt: skip
    form = TransferForm(request.POST or None, places=places(request), lines=lines, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (saved := _save(request, transfer, form)):
            return redirect(saved)
    context = {"transfer": transfer, "form": form, "here": "transfers"}
    return render(request, "transfers/transfer_form.html", context, status=status)


def _save(request: HttpRequest, transfer: Transfer | None, form: TransferForm) -> Transfer | None:
    data = form.cleaned_data
    given: dict[str, Any] = {
        "source": data["source"].code, "location": data["location"].code, "lines": form.wishes, "eta": data["eta"],
        "note": data["note"], "actor": request.user,
    }  # fmt: skip
    try:
        if transfer is None:
            return draft_transfer(**given)
        return retrying()(edit_transfer)(transfer.number, version=data["version"] or 0, **given)
    except (Refused, Busy) as refused:
        form.add_error(None, str(refused))
        return None
