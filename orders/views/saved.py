"""Saved views: what people keep of the orders list under a name of their own."""

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.errors import Refused
from orders.actions.saved_views import clean_query, delete_view, rename_view, save_view
from orders.models import SavedView
from orders.views.view_words import view_words


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
        "others": _in_words(others),
        "own": _in_words(own),
        "name": name[:200],
        "query": query,
        "keeps": view_words(query),
        "is_shared": shared,
        "error": error,
    }
    return render(request, "orders/views.html", context, status=422 if error else 200)


def _in_words(rows: Iterable[SavedView]) -> list[tuple[SavedView, list[tuple[str, str]]]]:
    """Each view with what it keeps."""
    return [(view, view_words(view.query)) for view in rows]


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


@step_of("orders:views")
@needs("orders.views")
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename one of the person's own views, or share it."""
    with shown_as_message(request, "The view is saved."):
        rename_view(pk, name=request.POST.get("name", ""), is_shared="is_shared" in request.POST, actor=request.user)
    return redirect("orders:views")


@step_of("orders:views")
@needs("orders.views")
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    with shown_as_message(request, "The view is deleted."):
        delete_view(pk, actor=request.user)
    return redirect("orders:views")
