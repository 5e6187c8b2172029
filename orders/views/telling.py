"""Channels in sync: who is told what stock, how new it is, what is late; each figure beside the one of now; and telling all again."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory.for_sale import for_sale
from inventory.offers import PLENTY
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel import csvout
from oms.kernel.clock import business_date
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from orders.models import Channel, ToldStock
from orders.telling.again import tell_again
from orders.telling.look import seller_of
from orders.telling.picture import COLUMNS, failures, feed_of, feeds, lines


@require_GET
@needs("inventory.view")
def channels(request: HttpRequest) -> HttpResponse:
    context = {"here": "stock", "feeds": feeds(request.user), "may_set_up": request.user.can("admin.site")}
    return render(request, "telling/channels.html", context)


class FigureFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")

    class Meta:
        model = ToldStock
        fields = ()

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.search(value)


class FigureList(ListPage):
    queryset = ToldStock.objects.all()
    name, nouns = "channel-stock", ("SKU", "SKUs")
    template_name, fragment_name = "telling/figure_list.html", "telling/_figures.html"
    permission = "inventory.view"
    filterset_class = FigureFilter
    views: ClassVar = (
        SavedView("all", "All", empty="Nothing is told yet", empty_why="The first figures come within seconds of switching it on."),
        SavedView("unsent", "Untold", lambda rows, user: rows.unsent(), tone="late", empty="Nothing waits to be told"),
    )  # fmt: skip
    sorts: ClassVar = {
        "newest": Sort("newest first", ("-sequence",), back="Newer", on="Older"),
        "sku": Sort("by SKU", ("product__sku",)),
    }
    columns = (
        Column("SKU", lambda t: t.product.sku), Column("Name", lambda t: t.product.name), Column("Told", lambda t: t.units),
        Column("As of", lambda t: t.at), Column("Sequence", lambda t: t.sequence),
    )  # fmt: skip

    def base(self, request: HttpRequest) -> Any:
        self.channel = channel_or_404(request, self.kwargs["code"])
        return super().base(request).filter(channel=self.channel)

    def prefetch(self, rows: Any) -> Any:
        return rows.select_related("product")

    def extra(self, rows: list[ToldStock]) -> dict[str, Any]:
        figures = for_sale(seller_of(self.channel), [row.product_id for row in rows])
        return {
            "here": "stock", "limitless": PLENTY, "feed": feed_of(self.channel), "failures": failures(self.channel.code),
            "figures": [(row, figures[row.product_id]) for row in rows], "may_ask": self.request.user.can("inventory.adjust"),
        }  # fmt: skip


@require_GET
@needs("inventory.view")
def file(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every figure as CSV, for marketplaces that take files."""
    channel = channel_or_404(request, code)
    answer = StreamingHttpResponse(csvout.stream(COLUMNS, lines(channel)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="stock-{code}-{business_date()}.csv"'
    return answer


@require_http_methods(["GET", "POST"])
@needs("inventory.view")
def again(request: HttpRequest, code: str) -> HttpResponse:
    """Say what telling everything again means; sent, ask for it."""
    if not request.user.can("inventory.adjust"):  # type: ignore[union-attr]
        raise PermissionDenied
    channel = channel_or_404(request, code)
    if request.method == "POST":
        with shown_as_message(request, f"Everything is told to {channel.name} again; it begins within seconds."):
            tell_again(code, actor=request.user)
        return redirect("telling:figures", code)
    return render(request, "telling/again.html", {"here": "stock", "feed": feed_of(channel)})


def channel_or_404(request: HttpRequest, code: str) -> Channel:
    """A channel that is told its stock, of this person's."""
    told = Channel.objects.filter(tells_stock=True, is_active=True)
    mine = request.user.channel_codes  # type: ignore[union-attr]
    return get_object_or_404(told.filter(code__in=mine) if mine else told, code=code)
