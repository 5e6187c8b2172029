"""The search box of every page: straight to the order, or to the list of what was found."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from orders.models import Order

SHOWN = 8


@require_GET
@needs("orders.view")
def search_page(request: HttpRequest) -> HttpResponse:
    """An exact number opens the order; htmx gets links; everybody else the list narrowed by `q`."""
    text = request.GET.get("q", "").strip().replace("\x00", "")
    rows = Order.objects.visible_to(request.user)
    if request.headers.get("HX-Request") == "true":
        return render(
            request,
            "orders/_found.html",
            {"found": rows.search(text).select_related("channel").order_by("-placed_at", "-id")[:SHOWN], "q": text},
        )
    if text and (order := rows.filter(number__iexact=text).first()):
        return redirect(order)
    return redirect(f"{reverse('orders:list')}?{urlencode({'view': 'all', 'q': text})}")
