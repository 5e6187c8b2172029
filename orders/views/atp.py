"""Available to promise of one product, channel by channel, and the units each channel never gets to sell."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from inventory.actions.buffer import keep_back
from inventory.atp import positions_from, safety_of
from inventory.dropping import senders_of
from inventory.models import Location, Product
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.clock import business_date
from oms.ui.charts import line_chart
from orders.capture.catalogue import serving
from orders.models import Channel

AHEAD = (0, 7, 14, 30)


@require_http_methods(["GET", "POST"])
@needs("inventory.view")
def atp(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    channels = list(Channel.objects.order_by("name"))
    if request.user.channel_codes:
        channels = [c for c in channels if c.code in request.user.channel_codes]
    if request.method == "POST":
        if not request.user.can("inventory.adjust"):
            raise PermissionDenied
        chosen = next((c for c in channels if c.code == request.POST.get("channel")), None)
        text = request.POST.get("qty", "").strip()
        if chosen is not None:
            with shown_as_message(request, f"{chosen.name} never sells the last {text} of {product.sku}."):
                qty = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
                keep_back(product.sku, channel=chosen.code, qty=qty, actor=request.user)
        return redirect("orders:atp", pk)
    places = dict(Location.objects.ours().filter(is_active=True).order_by("rank", "code").values_list("code", "id"))
    safety = safety_of(pk, [c.code for c in channels])
    found = positions_from(pk, {c.code: (serving(c, places), safety.get(c.code, 0)) for c in channels})
    days = [business_date() + timedelta(days=n) for n in AHEAD]
    rows = [{"channel": c, "position": found[c.code], "on": [found[c.code].on(day) for day in days]} for c in channels]
    shown = next((r for r in rows if r["channel"].code == request.GET.get("channel")), rows[0] if rows else None)
    chart = None
    if shown:
        curve = shown["position"].curve(30)
        labels, units = [f"{day.day} {day:%b}" for day, _ in curve], [max(qty, 0) for _, qty in curve]
        chart = line_chart(f"Available to promise on {shown['channel'].name}", labels, (shown["channel"].name, units))
    context = {
        "product": product, "rows": rows, "days": days, "chart": chart, "shown": shown, "here": "stock",
        "may_change": request.user.can("inventory.adjust"), "senders": senders_of(pk),
    }  # fmt: skip
    return render(request, "orders/atp.html", context)
