"""The list of transfers: what is on the road, what is late, what waits to leave."""

import django_filters
from django import forms
from django.db.models import Q, Sum

from inventory.filters import places
from inventory.models import Transfer
from inventory.states import TransferStatus
from oms.kernel.clock import business_date
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class TransferFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=TransferStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    source = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="From", empty_label="From any location"
    )
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="To", empty_label="To any location"
    )

    class Meta:
        model = Transfer
        fields = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        of_sku = Transfer.objects.filter(lines__product__sku__iexact=text).values("pk")
        return rows.filter(Q(number__iexact=text) | Q(pk__in=of_sku))


class TransferList(ListPage):
    queryset = Transfer.objects.all()
    name, nouns = "transfers", ("transfer", "transfers")
    template_name, fragment_name = "transfers/transfer_list.html", "transfers/_table.html"
    permission = "inventory.view"
    export_permission = "inventory.adjust"
    filterset_class = TransferFilter
    views = (
        SavedView("coming", "On the road", lambda rows, user: rows.on_the_road(), empty="Nothing is on the road",
                  empty_why="Send a draft, or start a transfer."),
        SavedView("overdue", "Overdue", lambda rows, user: rows.overdue(business_date()), tone="late",
                  empty="Nothing is overdue", empty_why="Everything on the road is expected today or later."),
        SavedView("drafts", "To send", lambda rows, user: rows.filter(status="draft"), empty="Nothing waits to leave"),
        SavedView("lost", "Closed short", lambda rows, user: rows.filter(status="closed"), empty="Nothing was lost"),
        SavedView("all", "All", sort="newest", empty="No transfers yet", empty_why="Start the first one."),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("longest in this state first", ("status_since",), back="Longer", on="Shorter"),
        "newest": Sort("newest first", ("-id",), back="Newer", on="Older"),
    }
    columns = (
        Column("Number", lambda t: t.number),
        Column("From", lambda t: t.source.code),
        Column("To", lambda t: t.location.code),
        Column("State", lambda t: t.get_status_display()),
        Column("Expected", lambda t: t.eta),
        Column("Units", lambda t: t.units),
        Column("Received", lambda t: t.units_received),
        Column("Lost", lambda t: t.units_lost),
        Column("Why", lambda t: t.end_reason),
    )

    def prefetch(self, rows):
        return rows.select_related("source", "location").annotate(
            units=Sum("lines__qty"), units_received=Sum("lines__qty_received"), units_lost=Sum("lines__qty_lost")
        )

    def extra(self, rows):
        return {"may_edit": self.request.user.can("inventory.adjust"), "today": business_date(), "here": "transfers"}
