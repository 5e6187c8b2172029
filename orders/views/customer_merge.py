"""Merge two customers: look at both and what a merge would do, choose where both have something, and do it. Or tell them apart."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.customer_apart import take_apart_back, tell_apart
from orders.actions.customer_check import check_merged
from orders.actions.customer_merge import merge_customers
from orders.actions.customer_merge_preview import preview_customers
from orders.customers.apart import between
from orders.customers.likely import likely_same
from orders.customers.merging import BOTH_HAD, FIELDS, GONE, KEPT, Conflict, conflicts_of
from orders.forms import Sentences
from orders.models import Customer, CustomerMerge, Order
from orders.views.customer_cards import find_customer
from orders.views.typed import find_customers

NAMED = 10  # of the orders that are not asked again


class MergeCustomersForm(Sentences):
    """A choice for each thing that both have, and why they are the same."""

    reason = forms.CharField(
        label="Why they are the same", max_length=200, help_text="Such as: said so on the phone today.",
        error_messages={"required": "Say why they are the same; whoever looks for the other one reads it."},
    )  # fmt: skip

    def __init__(self, *args: Any, conflicts: list[Conflict], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for conflict in conflicts:
            self.fields[f"side-{conflict.key}"] = forms.ChoiceField(
                label=conflict.label, choices=((KEPT, conflict.kept), (GONE, conflict.gone)), initial=KEPT,
                widget=forms.RadioSelect, error_messages={"required": "Choose one of the two."},
            )  # fmt: skip

    def choices(self) -> dict[str, str]:
        return {
            name.removeprefix("side-"): value for name, value in self.cleaned_data.items() if name.startswith("side-")
        }

    @property
    def sides(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("side-")]


@require_http_methods(["GET", "POST"])
@needs("customers.merge")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer that stays; the other one is chosen, then both are looked at, then they are one."""
    kept = find_customer(request, pk)
    if kept.merged_into:
        return redirect("customers:merge", kept.merged_into.pk)
    gone = Customer.objects.staying(request.GET.get("with", ""), request.user)
    if gone is None or gone == kept:
        return _choose(request, kept)
    conflicts = conflicts_of(kept, gone)
    form = MergeCustomersForm(request.POST or None, conflicts=conflicts)
    if request.method == "GET":
        return _page(request, kept, gone, form)
    is_merge = request.POST.get("press") == "merge"
    form.fields["reason"].required = is_merge  # looking needs none
    if not form.is_valid() or not is_merge:
        return _page(request, kept, gone, form, status=422 if form.errors else 200)
    try:
        done = retrying()(merge_customers)(
            kept.pk, gone.pk, choice=form.choices(), reason=form.cleaned_data["reason"], seen=request.POST.get("seen", "-"),
            actor=request.user,
        )  # fmt: skip
    except (Refused, Busy) as refused:
        return _page(request, kept, gone, form, status=409, said=str(refused))
    messages.success(request, f"{gone} is part of {kept} now. Their old page and number lead there.")
    with shown_as_message(request):  # what somebody holds right now is asked by a worker
        retrying()(check_merged)(done.pk, actor=request.user)
    return redirect("customers:merged", kept.pk, done.pk)


@require_safe
@needs("customers.view")
def merged(request: HttpRequest, pk: int, merge_pk: int) -> HttpResponse:
    """What became of a merge: what moved, who won, and what the checks of the orders say since."""
    kept = find_customer(request, pk)
    rows = CustomerMerge.objects.select_related("kept", "gone").filter(kept__in=(kept, *kept.merged_away.all()))
    done = get_object_or_404(rows, pk=min(merge_pk, 2**63 - 1))
    named = done.checks.get("orders", [])
    seen = Order.objects.visible_to(request.user).in_bulk([number for number, *_ in named], field_name="number")
    decided = Order.objects.visible_to(request.user).filter(customer=kept).decided_before(done.at).order_by("-pk")
    confirmed, first = decided.count(), list(decided[:NAMED])
    context = {
        "here": "customers", "customer": kept, "merge": done, "confirmed": confirmed, "decided": first,
        "more": confirmed - len(first),
        "checked": [(seen[number], on, off) for number, on, off in named if number in seen],
        "won": [(FIELDS.get(key, BOTH_HAD.get(key, key)), side) for key, side in done.chosen.items()],
    }  # fmt: skip
    return render(request, "orders/customer_merged.html", context)


@step_of("customers:detail", "pk")
@needs("customers.edit")
def apart(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a customer apart from another one, or take that back."""
    customer = find_customer(request, pk)
    text = request.POST.get("other", "")
    other = find_customer(request, int(text) if text.isdecimal() and len(text) < 19 else 0)
    if request.POST.get("apart") == "on":
        with shown_as_message(
            request, f"{other} is not {customer}: nobody is asked again. It can be taken back below."
        ):
            retrying()(tell_apart)(customer.pk, other.pk, why=request.POST.get("why", ""), actor=request.user)
    else:
        with shown_as_message(request, f"{other} and {customer} may be the same again."):
            retrying()(take_apart_back)(customer.pk, other.pk, actor=request.user)
    return redirect(customer)


def _choose(request: HttpRequest, kept: Customer) -> HttpResponse:
    text = request.GET.get("q", "")
    found = [c for c in find_customers(text, request.user) if c != kept] if text.strip() else None
    context = {"here": "customers", "kept": kept, "q": text, "found": found, "likely": likely_same(kept, request.user)}
    return render(request, "orders/customer_merge_choose.html", context)


def _page(
    request: HttpRequest, kept: Customer, gone: Customer, form: MergeCustomersForm, *, status: int = 200, said: str = ""
) -> HttpResponse:
    choice = form.choices() if form.is_bound and (form.is_valid() or form.cleaned_data) else {}
    context: dict[str, Any] = {"here": "customers", "kept": kept, "gone": gone, "form": form, "said": said}
    context["apart"] = between(kept, gone)
    try:
        context["effects"] = retrying()(preview_customers)(kept, gone, choice=choice, actor=request.user)
    except Busy as busy:
        context["said"] = said or str(busy)
    return render(request, "orders/customer_merge.html", context, status=status)
