"""Merge two orders of one buyer: choose the other one, look at what becomes of both, and do it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.merge import merge_orders
from orders.actions.merge_preview import preview_merge
from orders.asof.compare import differences
from orders.asof.rewind import standing_at_version
from orders.forms_split import MergeForm
from orders.models import Order
from orders.policies import may_move, require_may
from orders.selectors import merge_candidates, order_or_404
from orders.splitting import rules

SHOWN = 20


@require_http_methods(["GET", "POST"])
@needs("orders.edit")
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """The form, the preview of what was chosen, and with the button of the preview the merge itself."""
    order = order_or_404(number, request.user)
    others = list(merge_candidates(order, request.user)[:SHOWN])
    form = MergeForm(request.POST if request.method == "POST" else None, order=order, others=others)
    if request.method == "GET":
        if (twin := request.GET.get("with", "")) in {other.number for other in others}:
            form.initial |= {"other": twin, "stays": "other"}  # the earlier number is the one the customer knows
        return _page(request, order, others, form)
    if not form.is_valid():
        return _page(request, order, others, form, status=422)
    asked = form.asked()
    try:
        require_may(request.user, "order", "merge")
        if request.POST.get("press") == "merge" and form.cleaned_data["seen"] is not None:
            seen = {"seen": form.cleaned_data["seen"], "other_seen": form.cleaned_data["other_seen"]}
            kept = retrying()(merge_orders)(**asked, **seen, actor=request.user)
            messages.success(request, f"{asked['other']} is part of {kept.number} now.")
            return redirect(kept)
    except (Refused, Busy) as refused:
        moved = _moved(form) if isinstance(refused, Refused) and refused.code == "order_moved" else []
        return _page(request, order, others, form, status=409, said=str(refused), moved=moved)
    return _page(request, order, others, form)


def _moved(form: MergeForm) -> list[Any]:
    """What is different on either of the two since the person looked."""
    asked, data, found = form.asked(), form.cleaned_data, []
    for number, seen in ((asked["number"], data["seen"]), (asked["other"], data["other_seen"])):
        order = Order.objects.get(number=number)
        then, today = standing_at_version(order, seen or 0), standing_at_version(order, order.version)
        found += differences(then, today) if then and today else []
    return found


def _page(
    request: HttpRequest, order: Order, others: list[Order], form: MergeForm, *, status: int = 200, said: str = "",
    moved: list | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "here": "orders", "order": order, "others": others, "form": form, "said": said, "moved": moved,
        "closed": rules.closed(order) or may_move(request.user, "order", "merge"),
    }  # fmt: skip
    if form.is_bound and form.is_valid():
        asked = form.asked()
        try:
            context |= {
                "asked": asked, "effects": retrying()(preview_merge)(**asked, actor=request.user)
            }  # fmt: skip
        except (Busy, Refused) as busy:
            context["said"] = str(busy)
    return render(request, "orders/merge.html", context, status=status)
