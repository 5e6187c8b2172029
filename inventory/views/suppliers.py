"""Suppliers: the list, and the form that makes or changes one."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory.actions.purchases.supplier import keep_items
from inventory.forms_purchase import SupplierForm
from inventory.models import Supplier
from oms.access.decorators import needs
from oms.kernel.errors import Refused

COMING = Q(orders__status__in=("sent", "part_received"))


@require_GET
@needs("purchases.view")
def supplier_list(request: HttpRequest) -> HttpResponse:
    rows = Supplier.objects.annotate(
        sold=Count("items", distinct=True), coming=Count("orders", filter=COMING, distinct=True)
    ).order_by("-is_active", "name")
    context = {"rows": rows[:500], "may_edit": request.user.can("purchases.edit"), "here": "purchases"}
    return render(request, "purchases/supplier_list.html", context)


@require_http_methods(["GET", "POST"])
@needs("purchases.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _form(request, Supplier())


@require_http_methods(["GET", "POST"])
@needs("purchases.edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    return _form(request, get_object_or_404(Supplier, code=code))


def _form(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    form, status = SupplierForm(request.POST or None, instance=supplier), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    kept = form.save()
                    keep_items(kept, form.cleaned_data["items"])
            except Refused as refused:
                form.add_error("items", refused.message)
            else:
                messages.success(request, f"{kept.name} is kept.")
                return redirect("purchases:suppliers")
    context = {"supplier": supplier if supplier.pk else None, "form": form, "here": "purchases"}
    return render(request, "purchases/supplier_form.html", context, status=status)
