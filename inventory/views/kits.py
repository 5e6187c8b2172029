"""Kits: the list of what could be made, and the form that says what goes into one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory.actions.recipe import recipe_words, set_recipe
from inventory.forms_kit import KitForm
from inventory.kit_card import kit_list
from inventory.models import Product
from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused


@require_GET
@needs("inventory.view")
def kits(request: HttpRequest) -> HttpResponse:
    return render(request, "inventory/kit_list.html", {"kits": kit_list(request.user), "here": "stock"})


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def components(request: HttpRequest, pk: int) -> HttpResponse:
    """What one kit is made of; sent, the whole recipe is replaced."""
    product, status = get_object_or_404(Product, pk=pk), 200
    lines = list(product.parts.select_related("product").order_by("product__sku"))
    form = KitForm(request.POST or None, lines=lines, seen=recipe_words(product))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                kept = retrying()(set_recipe)(
                    product.sku, parts=form.wishes, actor=request.user, seen=form.cleaned_data["seen"]
                )
            except (Refused, Busy) as refused:
                form.add_error(None, str(refused))
            else:
                made = recipe_words(kept)
                messages.success(
                    request, f"{kept.sku} is a kit of {made}." if made else f"{kept.sku} is an item of its own."
                )
                return redirect("inventory:product", pk=pk)
    context = {"product": product, "form": form, "here": "stock"}
    return render(request, "inventory/kit_form.html", context, status=status)
