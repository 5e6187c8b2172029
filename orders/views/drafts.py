"""Drafts of new orders: the list, and throwing one away. Going on with one is the new-order form itself."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView
from orders.actions.entry import discard_entry
from orders.models import Entry


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Search")

    class Meta:
        model = Entry
        fields = ()

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip().replace("\x00", "")
        return rows.filter(Q(title__icontains=text) | Q(author__display_name__icontains=text))


class DraftList(ListPage):
    queryset = Entry.objects.all()
    name, nouns = "drafts", ("draft", "drafts")
    template_name, fragment_name = "orders/draft_list.html", "orders/_drafts.html"
    permission = "orders.create"
    filterset_class = EntryFilter
    views: ClassVar = (
        SavedView("all", "All", empty="No drafts", empty_why="“Keep as draft” on the new-order form puts one here."),
        SavedView("mine", "Mine", lambda rows, user: rows.filter(Q(author=user) | Q(changed_by=user)), empty="None is yours"),
    )  # fmt: skip
    sorts: ClassVar = {
        "newest": Sort("changed last first", ("-updated_at", "-id"), frozenset(), "Later", "Earlier"),
        "oldest": Sort("changed first first", ("updated_at", "id"), frozenset(), "Earlier", "Later"),
    }

    def prefetch(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("author", "changed_by", "channel").defer("typed")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"here": "orders"}


@step_of("orders:drafts")
@needs("orders.create")
def discard(request: HttpRequest, key: str) -> HttpResponse:
    seen = request.POST.get("seen", "")
    with shown_as_message(request, "The draft is thrown away."):
        discard_entry(key, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0, actor=request.user)
    return redirect("orders:drafts")
