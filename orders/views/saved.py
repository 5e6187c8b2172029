"""Saved views: tabs people make themselves from the filters of the orders list."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.db import fetch
from oms.kernel.errors import Refused
from oms.ui.listpage import SavedView as Tab
from orders.actions.saved_views import clean_query, delete_view, rename_view, save_view
from orders.filters import OrderFilter
from orders.models import SavedView

# Every orders list begins with it, so it is a prepared statement: name, filters, and whose it is when another's.
READ = """
SELECT v.id, v.name, v.query, o.display_name FROM orders_savedview v
LEFT JOIN access_user o ON o.id = v.owner_id AND o.id <> %s::bigint
WHERE v.key = '' AND (v.owner_id = %s::bigint OR v.is_shared)
ORDER BY v.position, v.name, v.id LIMIT 30
"""


def tabs_of(request: HttpRequest, builtin: dict[str, Tab]) -> list[Tab]:
    """The person's own views and the shared ones, as tabs of the list."""
    return [_tab(*row, request, builtin) for row in fetch(READ, [request.user.pk, request.user.pk])]


def _tab(pk: int, name: str, kept: str, others: str | None, request: HttpRequest, builtin: dict[str, Tab]) -> Tab:
    query = QueryDict(kept)
    base = builtin.get(query.get("view", ""))
    return Tab(
        f"my-{pk}",
        f"{name} ({others})" if others else name,
        _narrowing(query, request, base),
        sort=query.get("sort", ""),
        empty="Nothing fits this view",
        columns=query.get("cols", ""),
        density=query.get("density", ""),
        fixed=False,
    )


def _narrowing(query: QueryDict, request: HttpRequest, base: Tab | None) -> Callable[[QuerySet, Any], QuerySet]:
    def narrow(rows: QuerySet, user: Any) -> QuerySet:
        filters = OrderFilter(query, queryset=base.narrow(rows, user) if base else rows, request=request)
        return filters.qs if filters.form.is_valid() else rows.none()

    return narrow


@require_http_methods(["GET", "POST"])
@needs("orders.views")
def views(request: HttpRequest) -> HttpResponse:
    """Save the view the person comes from, and see the ones they have."""
    name, query, shared = request.POST.get("name", ""), request.POST.get("query", ""), "is_shared" in request.POST
    error = ""
    if request.method == "POST":
        try:
            view = save_view(name, query=query, is_shared=shared, actor=request.user)
        except Refused as refused:
            error = refused.message
        else:
            messages.success(request, f"“{view.name}” is saved.")
            return redirect(f"{reverse('orders:list')}?view=my-{view.pk}")
    else:
        query = _unfolded(request)
    own = SavedView.objects.filter(owner=request.user).order_by("position", "name")
    others = SavedView.objects.filter(is_shared=True, owner__isnull=False).exclude(owner=request.user)
    others = others.select_related("owner").order_by("position", "name")
    context = {
        "here": "orders",
        "others": others,
        "own": own,
        "name": name[:200],
        "query": query,
        "is_shared": shared,
        "error": error,
    }
    return render(request, "orders/views.html", context, status=422 if error else 200)


def _unfolded(request: HttpRequest) -> str:
    """The filters on screen as one query string; on top of a saved view they include its own."""
    given = request.GET.copy()
    if (key := given.get("view", "")).startswith("my-") and key[3:].isdecimal():
        mine = Q(owner=request.user) | Q(is_shared=True)
        if view := SavedView.objects.filter(mine, pk=int(key[3:][:18])).first():
            base = QueryDict(view.query, mutable=True)
            del given["view"]
            for name in given:
                base.setlist(name, given.getlist(name))
            given = base
    try:
        return clean_query(given.urlencode())
    except Refused as refused:
        messages.warning(request, refused.message)
        return ""


@require_POST
@needs("orders.views")
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename one of the person's own views, or share it."""
    with shown_as_message(request, "The view is saved."):
        rename_view(pk, name=request.POST.get("name", ""), is_shared="is_shared" in request.POST, actor=request.user)
    return redirect("orders:views")


@require_POST
@needs("orders.views")
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    with shown_as_message(request, "The view is deleted."):
        delete_view(pk, actor=request.user)
    return redirect("orders:views")
