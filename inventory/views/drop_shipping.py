"""What a supplier sends to our customers: the terms, their own figures, and how old these are."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from inventory.actions.drop_shipping import keep_drop_shipping, tell_stock
from inventory.dropping import sent_by
from inventory.forms_drop_ship import FiguresForm, TermsForm
from inventory.models import Supplier
from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.plural import plural


@require_http_methods(["GET", "POST"])
@needs("purchases.edit")
def drop_shipping(request: HttpRequest, code: str) -> HttpResponse:
    """The page with its two forms; `what` says which of them was sent."""
    supplier, status = get_object_or_404(Supplier, code=code), 200
    what = request.POST.get("what", "")
    terms = TermsForm(request.POST if what == "terms" else None, supplier=supplier)
    figures = FiguresForm(request.POST if what == "figures" else None, request.FILES if what == "figures" else None)
    if request.method == "POST":
        status = 422
        form, field, keep = (figures, "figures", _tell) if what == "figures" else (terms, "lines", _keep)
        if form.is_valid():
            try:
                said = retrying()(keep)(request, supplier, form.cleaned_data)
            except (Refused, Busy) as refused:
                form.add_error(field, str(refused))
            else:
                messages.success(request, said)
                return redirect("purchases:drop-shipping", code=code)
    context = {"supplier": supplier, "terms": terms, "figures": figures, "rows": sent_by(supplier), "here": "purchases"}
    return render(request, "purchases/drop_shipping.html", context, status=status)


def _keep(request: HttpRequest, supplier: Supplier, data: dict) -> str:
    keep_drop_shipping(supplier.code, terms=data["lines"], ships_to=data["ships_to"], actor=request.user)
    if not data["lines"]:
        return f"{supplier.name} sends nothing to our customers any more."
    return f"{supplier.name} sends {plural(len(data['lines']), 'product')} to our customers."


def _tell(request: HttpRequest, supplier: Supplier, data: dict) -> str:
    told = tell_stock(supplier.code, data["read"], actor=request.user)
    return f"Noted what they have of {plural(len(told), 'product')}. Orders that wait are served from it."
