"""Split an order: say what leaves, look at both orders as they would be, and do it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.split import split_order
from orders.actions.split_preview import preview_split
from orders.asof.compare import differences
from orders.asof.rewind import standing_at_version
from orders.forms_split import SplitForm
from orders.models import Order
from orders.policies import may_move, require_may
from orders.selectors import order_or_404
from orders.splitting import rules


@require_http_methods(["GET", "POST"])
@needs("orders.edit")
def split(request: HttpRequest, number: str) -> HttpResponse:
    """The form, the preview of what was typed, and with the button of the preview the split itself."""
    order = order_or_404(number, request.user)
    form = SplitForm(request.POST if request.method == "POST" else None, lines=order.lines.order_by("position"))
    if request.method == "GET":
        return _page(request, order, form)
    if not form.is_valid():
        return _page(request, order, form, status=422)
    asked, reason, seen = form.quantities(), form.cleaned_data["reason"], form.cleaned_data["seen"]
    try:
        require_may(request.user, "order", "split")
        if request.POST.get("press") == "split" and seen is not None:
            _, new = retrying()(split_order)(number, quantities=asked, reason=reason, actor=request.user, seen=seen)
            messages.success(request, f"{new.number} is made from {number}. Merging the two puts them together again.")
            return redirect(new)
    except (Refused, Busy) as refused:
        moved = _moved(order, seen) if isinstance(refused, Refused) and refused.code == "order_moved" else []
        return _page(request, order, form, status=409, said=str(refused), asked=asked, reason=reason, moved=moved)
    return _page(request, order, form, asked=asked, reason=reason)


def _moved(order: Order, seen: int | None) -> list[Any]:
    then, today = standing_at_version(order, seen or 0), standing_at_version(order, order.version)
    return differences(then, today) if then and today else []


def _page(
    request: HttpRequest, order: Order, form: SplitForm, *, status: int = 200, said: str = "", asked: dict | None = None,
    reason: str = "", moved: list | None = None,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "here": "orders", "order": order, "form": form, "said": said, "moved": moved,
        "closed": rules.closed(order) or may_move(request.user, "order", "split"),
    }  # fmt: skip
    if asked is not None:
        try:
            context["effects"] = retrying()(preview_split)(
                order.number, quantities=asked, reason=reason, actor=request.user
            )
        except Busy as busy:
            context["said"] = str(busy)
    return render(request, "orders/split.html", context, status=status)
