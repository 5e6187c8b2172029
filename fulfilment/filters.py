"""Search and filters of the warehouse lists."""

import django_filters
from django import forms
from django.db.models import Q

from fulfilment.models import Carrier, CountRequest, FulfilmentOrder, Shipment
from fulfilment.states import ShipmentStatus
from inventory.models import Location


def _place() -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        field_name="location", queryset=Location.objects.filter(is_active=True), to_field_name="code",
        label="Location", empty_label="Every location",
    )  # fmt: skip


class _Search(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    paths: tuple[str, ...] = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        found = Q()
        for path in self.paths:
            found |= Q(**{path: text})
        return rows.filter(found)


class WorkFilter(_Search):
    paths = ("number__iexact", "order__number__iexact", "order__customer_name__icontains")
    location = _place()

    class Meta:
        model = FulfilmentOrder
        fields = ()


class ShipmentFilter(_Search):
    paths = ("number__iexact", "order__number__iexact", "tracking_number__iexact", "order__customer_name__icontains")
    status = django_filters.MultipleChoiceFilter(
        choices=ShipmentStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    carrier = django_filters.ModelChoiceFilter(
        queryset=Carrier.objects.all(), to_field_name="code", label="Carrier", empty_label="Any carrier"
    )

    class Meta:
        model = Shipment
        fields = ()


class CountFilter(_Search):
    paths = ("product__sku__iexact", "product__name__icontains")
    location = _place()

    class Meta:
        model = CountRequest
        fields = ()
