"""One SKU: its card, and the forms that change its stock. Each form is a page of its own and works without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory import forms, stocktaking
from inventory.actions.adjust import receive_stock
from inventory.actions.condition import Condition, change_condition
from inventory.actions.count import count_stock
from inventory.actions.safety import set_safety_stock
from inventory.actions.transfer import transfer_stock
from inventory.filters import places
from inventory.models import Product, StockLevel
from inventory.selectors import card
from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from oms.kernel.plural import are
from oms.ui.templatetags.oms_ui import signed

TWICE = "This was already recorded; nothing was posted a second time."


@dataclass(frozen=True)
class Act:
    """One thing people do with the stock of a SKU. `run` returns the sentence to show, `warn` what to know before."""

    title: str
    button: str
    form: type[forms.StockForm]
    run: Callable[[Product, Any, Any], str]
    warn: Callable[[Product, Any], list[str]] = lambda row, user: []


@require_GET
@needs("inventory.view")
def product(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Product, pk=pk)
    context = {"card": card(row, request.user), "here": "stock", "may_change": request.user.can("inventory.adjust")}
    return render(request, "inventory/product.html", context | {"acts": ACTS})


@require_http_methods(["GET", "POST"])
@needs("inventory.adjust")
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """The page of one form; sent, it does the thing and goes back to the card."""
    row, chosen, status = get_object_or_404(Product, pk=pk), ACTS[what], 200
    levels = StockLevel.objects.visible_to(request.user).filter(product=row).select_related("location")
    form = chosen.form(
        request.POST or None,
        levels={s.location.code: s for s in levels},
        places=list(places(request).filter(is_active=True)),
        initial={"location": request.GET.get("location", "")},
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                said = retrying()(chosen.run)(row, form, request.user)
            except (Refused, Busy) as refused:
                form.add_error(None, str(refused))
            else:
                (messages.info if said == TWICE else messages.success)(request, said)
                return redirect("inventory:product", pk=pk)
    context = {"product": row, "act": chosen, "form": form, "here": "stock", "warnings": chosen.warn(row, request.user)}
    return render(request, "inventory/act.html", context, status=status)


def _receive(row: Product, form: Any, user: Any) -> str:
    data = form.cleaned_data
    new = receive_stock(
        row.sku, location=data["location"], qty=data["qty"], source=form.source("receipt"), actor=user,
        reason=data["reason"],
    )  # fmt: skip
    return f"{data['qty']} received. Orders that wait for {row.sku} are served now." if new else TWICE


def _count(row: Product, form: Any, user: Any) -> str:
    data = form.cleaned_data
    found = count_stock(
        row.sku, location=data["location"], counted=data["counted"], source=form.source("count"),
        reason=data["reason"], actor=user, seen=form.seen_there(),
    )  # fmt: skip
    if found is None:
        return TWICE
    delta = signed(found.delta, always=True)
    if found.waits:
        return (
            f"{data['counted']} counted, {delta} against the books. That is much: it waits under Stock, Counts, until a "
            "second person approves it."
        )
    return f"Corrected by {delta} to {data['counted']}." if found.delta else "The count agrees with the books."


def _quarantine(row: Product, form: Any, user: Any) -> str:
    data = form.cleaned_data
    becomes = {"restock": Condition.SELLABLE, "damage": Condition.DAMAGED, "scrap": Condition.SCRAPPED}[
        data["disposition"]
    ]
    new = change_condition(
        row.sku, location=data["location"], qty=data["qty"], was=Condition.QUARANTINED, becomes=becomes,
        source=form.source("quarantine"), reason=data["reason"], actor=user,
    )  # fmt: skip
    return f"{data['qty']} moved out of quarantine." if new else TWICE


def _condition(row: Product, form: Any, user: Any) -> str:
    data = form.cleaned_data
    new = change_condition(
        row.sku, location=data["location"], qty=data["qty"], was=data["was"], becomes=data["becomes"],
        source=form.source("condition"), reason=data["reason"], actor=user,
    )  # fmt: skip
    return f"{data['qty']} {are(data['qty'])} {Condition(data['becomes']).label} now." if new else TWICE


def _transfer(row: Product, form: Any, user: Any) -> str:
    data = form.cleaned_data
    new = transfer_stock(
        row.sku, source_place=data["location"], target_place=data["target"], qty=data["qty"],
        source=form.source("transfer"), reason=data["reason"], actor=user,
    )  # fmt: skip
    return f"{data['qty']} moved from {data['location']} to {data['target']}." if new else TWICE


def _safety(row: Product, form: Any, user: Any) -> str:
    data = form.cleaned_data
    set_safety_stock(row.sku, location=data["location"], qty=data["qty"], actor=user)
    return f"The safety stock at {data['location']} is {data['qty']}."


ACTS = {
    "receive": Act("Receive stock", "Receive", forms.ReceiveForm, _receive),
    "count": Act("Count stock", "Record the count", forms.CountForm, _count, stocktaking.warnings),
    "transfer": Act("Move between places", "Move", forms.TransferForm, _transfer),
    "quarantine": Act("Take out of quarantine", "Move", forms.QuarantineForm, _quarantine),
    "condition": Act("Put aside, or say what is damaged", "Record it", forms.ConditionForm, _condition),
    "safety": Act("Set the safety stock", "Set", forms.SafetyForm, _safety),
}
