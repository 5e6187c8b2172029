"""Every change asked for, over all orders: what waits for a yes, what waits for its author, what became of the rest."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet

from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView
from orders.models import Amendment
from orders.states import AmendmentStatus


class AmendmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Search")

    class Meta:
        model = Amendment
        fields = ()

    def find(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        text = value.strip().replace("\x00", "")
        exact = Q(number__iexact=text) | Q(order__number__iexact=text)
        return rows.filter(exact | Q(order__customer_name__icontains=text) | Q(author_name__icontains=text))


def at(*states: AmendmentStatus) -> Any:
    return lambda rows, user: rows.filter(status__in=states)


class AmendmentList(ListPage):
    queryset = Amendment.objects.all()
    name, nouns = "amendments", ("change", "changes")
    template_name, fragment_name = "orders/amendment_list.html", "orders/_amendments.html"
    permission = "orders.view"
    filterset_class = AmendmentFilter
    views: ClassVar = (
        SavedView(
            "requested", "To approve", at(AmendmentStatus.REQUESTED), tone="late", empty="No change waits for approval",
            empty_why="A change that makes an order large asks a second person.",
        ),
        SavedView("approved", "To apply", at(AmendmentStatus.APPROVED), empty="No approved change waits to be applied"),
        SavedView("draft", "Drafts", at(AmendmentStatus.DRAFT), empty="No drafts"),
        SavedView("all", "All", sort="newest", empty="No changes yet", empty_why="“Change” beside the lines of an order starts one."),
    )  # fmt: skip
    sorts: ClassVar = {
        "oldest": Sort("longest waiting first", ("created_at",), back="Older", on="Newer"),
        "newest": Sort("newest first", ("-created_at",), back="Newer", on="Older"),
    }

    def prefetch(self, rows: QuerySet) -> QuerySet:
        return rows.select_related("order__channel")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"here": "orders"}
