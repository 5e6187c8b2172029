"""The page on which the record of a customer is corrected."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.customer_change import change_customer
from orders.customers.record import COLUMNS, stamp
from orders.edits import words
from orders.forms_customer import CustomerRecordForm, country_of
from orders.models import Customer
from orders.views.customer_cards import find_customer


@require_http_methods(["GET", "POST"])
@needs("customers.edit")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Saved by somebody else meanwhile, both sides stand side by side and nothing is overwritten."""
    customer = find_customer(request, pk)
    if customer.merged_into_id:
        return redirect("customers:record", customer.merged_into_id)
    country, given = country_of(customer), {name: getattr(customer, name) for name in COLUMNS}
    if request.method == "GET":
        return _page(request, customer, CustomerRecordForm(initial=given, country=country))
    form = CustomerRecordForm(request.POST, initial=given, country=country)
    seen = request.POST.get("seen", "")[:64]
    if not form.is_valid():
        return _page(request, customer, form, seen=seen, status=422)
    try:
        retrying()(change_customer)(customer.pk, form.cleaned_data, seen=seen, country=country, actor=request.user)
    except (Refused, Busy) as refused:
        customer.refresh_from_db()
        why = refused.reasons[0] if isinstance(refused, Refused) else None
        if why and why.code == "stale":
            return _page(request, customer, form, said=str(refused), crossed=_crossed(customer, form), status=409)
        other = why.details.get("other") if why else None
        return _page(request, customer, form, seen=seen, said=str(refused), other=other, status=409)
    messages.success(request, "The customer is saved. Orders placed already keep what they were given.")
    return redirect(customer)


def _crossed(customer: Customer, form: CustomerRecordForm) -> list[tuple[str, str, str]]:
    """(what, as it is saved now, as it is typed here) where they differ."""
    pairs = [(form.fields[name].label, getattr(customer, name), form.cleaned_data[name]) for name in COLUMNS]
    return [(str(label), words(theirs), words(mine)) for label, theirs, mine in pairs if theirs != mine]


def _page(
    request: HttpRequest, customer: Customer, form: CustomerRecordForm, *, seen: str = "", said: str = "", crossed: Any = (),
    other: int | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "here": "customers", "customer": customer, "form": form, "seen": seen or stamp(customer), "said": said,
        "crossed": crossed, "other": other, "may_merge": request.user.can("customers.merge"),
    }  # fmt: skip
    return render(request, "orders/customer_record.html", context, status=status)
