"""Notes that call the person who looks: the list, and saying that they are read."""

from typing import ClassVar

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from oms.access.decorators import needs
from oms.access.steps import step_of
from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView
from orders.actions.read_mention import read_mentions
from orders.models import Mention


class MentionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")

    class Meta:
        model = Mention
        fields = ()

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(note__order__number__iexact=value.replace("\x00", "").strip())


class MentionList(ListPage):
    queryset = Mention.objects.all()
    name, nouns = "mentions", ("mention", "mentions")
    template_name, fragment_name = "orders/mention_list.html", "orders/_mention_rows.html"
    permission = "orders.view"
    filterset_class = MentionFilter
    views: ClassVar = (
        SavedView(
            "unread", "Unread", lambda rows, user: rows.unread(), empty="Nothing unread",
            empty_why="When a colleague writes your @name in a note, it stands here.",
        ),
        SavedView("all", "All", empty="Nobody has called you yet"),
    )  # fmt: skip
    sorts: ClassVar = {"newest": Sort("newest first", ("-id",), back="Newer", on="Older")}

    def prefetch(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("note__author", "note__order")


@step_of("orders:mentions")
@needs("orders.view")
def reading(request: HttpRequest) -> HttpResponse:
    """Mark one mention, or all of them, as read; back to the page the person comes from."""
    ids = [int(pk) for pk in request.POST.getlist("mention") if pk.isdecimal() and len(pk) < 19]
    count = read_mentions(actor=request.user, ids=None if request.POST.get("all") else ids)  # type: ignore[arg-type]
    if count:
        messages.success(request, f"{count} mention{'' if count == 1 else 's'} marked as read.")
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else reverse("orders:mentions"))
