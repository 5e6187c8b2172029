"""The page of one purchase order, its form, and its paper."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory import purchasing
from inventory.actions.purchases.draft import draft_purchase, edit_draft
from inventory.documents.purchase import purchase_pdf
from inventory.filters import places
from inventory.forms_purchase import PurchaseForm
from inventory.models import PurchaseOrder
from inventory.states import COMING
from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.ui.lost import Lost


def find(request: HttpRequest, number: str) -> PurchaseOrder:
    """The purchase order `number`, if this person may see it."""
    purchase = purchasing.load_purchase(request.user, number)
    if purchase is None:
        raise Lost(f"No purchase order {number[:60]}", search=number[:60])
    return purchase


@require_GET
@needs("purchases.view")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    purchase = find(request, number)
    lines = list(purchase.lines.all())
    may_edit = request.user.can("purchases.edit")
    moves = purchasing.offers(purchase, request.user)
    total = purchasing.total(lines)
    context = {
        "purchase": purchase, "lines": lines, "answer": purchasing.answer(purchase), "moves": moves, "total": total,
        "received": purchasing.received(lines),
        "closed_moves": [offer for offer in moves.values() if not offer.is_open], "here": "purchases",
        "timeline": purchasing.timeline(purchase), "may_edit": may_edit,
        "coming": purchase.status in COMING and not purchase.is_drop_ship, "below_minimum": total < purchase.supplier.minimum,
        "missing": sum(line.qty_open for line in lines) if purchase.status in COMING and not purchase.is_drop_ship else 0,
    }  # fmt: skip
    return render(request, "purchases/purchase_detail.html", context)


@require_GET
@needs("purchases.edit")
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    purchase = find(request, number)
    answer = HttpResponse(purchase_pdf(purchase), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{purchase.number}.pdf"'
    return answer


@require_http_methods(["GET", "POST"])
@needs("purchases.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@require_http_methods(["GET", "POST"])
@needs("purchases.edit")
def edit(request: HttpRequest, number: str) -> HttpResponse:
    purchase = find(request, number)
    if purchase.status != "draft" or purchase.is_drop_ship:
        return redirect(purchase)
    return _form(request, purchase)


def _form(request: HttpRequest, purchase: PurchaseOrder | None) -> HttpResponse:
    lines = list(purchase.lines.all()) if purchase else []
    initial: dict[str, Any] = {"supplier": request.GET.get("supplier", "")}
    if purchase:
        initial = {
            "supplier": purchase.supplier.code, "location": purchase.location.code, "note": purchase.note,
            "reference": purchase.reference, "version": purchase.version,
        }  # fmt: skip
    form = PurchaseForm(
        request.POST or None, places=places(request).filter(is_active=True), lines=lines, initial=initial
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (saved := _save(request, purchase, form)):
            return redirect(saved)
    context = {"purchase": purchase, "form": form, "here": "purchases"}
    return render(request, "purchases/purchase_form.html", context, status=status)


def _save(request: HttpRequest, purchase: PurchaseOrder | None, form: PurchaseForm) -> PurchaseOrder | None:
    data = form.cleaned_data
    given: dict[str, Any] = {
        "supplier": data["supplier"].code, "location": data["location"].code, "lines": form.wishes,
        "note": data["note"], "reference": data["reference"], "actor": request.user,
    }  # fmt: skip
    try:
        if purchase is None:
            return draft_purchase(**given)
        return retrying()(edit_draft)(purchase.number, version=data["version"] or 0, **given)
    except (Refused, Busy) as refused:
        form.add_error(None, str(refused))
        return None
