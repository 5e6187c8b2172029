"""The list of purchase orders: what is late, what nobody confirmed, what comes."""

import django_filters
from django import forms
from django.db.models import F, Min, Q, Sum

from inventory.filters import places
from inventory.models import PurchaseOrder, Supplier
from inventory.states import PurchaseStatus
from oms.kernel.clock import business_date
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class PurchaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=PurchaseStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    supplier = django_filters.ModelChoiceFilter(
        queryset=Supplier.objects.all(), to_field_name="code", label="Supplier", empty_label="Any supplier"
    )
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="Location", empty_label="Any location"
    )

    class Meta:
        model = PurchaseOrder
        fields = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        of_sku = PurchaseOrder.objects.filter(lines__product__sku__iexact=text).values("pk")
        return rows.filter(
            Q(number__iexact=text) | Q(reference__iexact=text) | Q(supplier__name__icontains=text) | Q(pk__in=of_sku)
        )


class PurchaseList(ListPage):
    queryset = PurchaseOrder.objects.all()
    name, nouns = "purchases", ("purchase order", "purchase orders")
    template_name, fragment_name = "purchases/purchase_list.html", "purchases/_table.html"
    permission = "purchases.view"
    export_permission = "purchases.edit"
    filterset_class = PurchaseFilter
    views = (
        SavedView("coming", "On their way", lambda rows, user: rows.coming(), empty="Nothing is on its way",
                  empty_why="Send a draft, or start a purchase order."),
        SavedView("overdue", "Overdue", lambda rows, user: rows.overdue(business_date()), tone="late",
                  empty="Nothing is overdue", empty_why="Every open line is expected today or later."),
        SavedView("unconfirmed", "Not confirmed", lambda rows, user: rows.unconfirmed(),
                  empty="Every day is confirmed", empty_why="Suppliers have confirmed all open lines."),
        SavedView("drafts", "Drafts", lambda rows, user: rows.filter(status="draft"), empty="No drafts"),
        SavedView("to-close", "To close", lambda rows, user: rows.filter(status="received"), empty="Nothing to close"),
        SavedView("all", "All", sort="newest", empty="No purchase orders yet", empty_why="Start the first one."),
    )  # fmt: skip
    sorts = {
        "oldest": Sort("longest in this state first", ("status_since",), back="Longer", on="Shorter"),
        "newest": Sort("newest first", ("-id",), back="Newer", on="Older"),
    }
    columns = (
        Column("Number", lambda p: p.number),
        Column("Supplier", lambda p: p.supplier.name),
        Column("Location", lambda p: p.location.code),
        Column("State", lambda p: p.status_label),
        Column("Supplier's reference", lambda p: p.reference),
        Column("Units", lambda p: p.units),
        Column("Received", lambda p: p.units_received),
        Column("Open", lambda p: p.units_open),
        Column("Next day", lambda p: p.next_eta),
        Column("Value", lambda p: p.value),
        Column("Currency", lambda p: p.currency),
    )

    def prefetch(self, rows):
        return rows.select_related("supplier", "location").annotate(
            units=Sum("lines__qty"),
            units_received=Sum("lines__qty_received"),
            units_open=Sum("lines__qty_open"),
            next_eta=Min("lines__eta", filter=Q(lines__qty_open__gt=0)),
            value=Sum(F("lines__qty") * F("lines__unit_cost")),
        )

    def extra(self, rows):
        return {"may_edit": self.request.user.can("purchases.edit"), "today": business_date(), "here": "purchases"}
