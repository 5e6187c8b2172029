"""How the lists of stock and of movements can be narrowed."""

from datetime import date

import django_filters
from django import forms

from inventory.models import Location, MovementKind, StockAlert, StockCount, StockLevel, StockMovement
from oms.kernel.clock import day_bounds

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)


def places(request):
    """Our locations that this person may see, for a filter or a form."""
    rows = Location.objects.ours()
    return rows.filter(code__in=request.user.location_codes) if request and request.user.location_codes else rows


class StockFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="Location", empty_label="Any location"
    )
    is_low = django_filters.BooleanFilter(
        method="low", label="Below safety stock", widget=forms.CheckboxInput, field_name="available"
    )
    is_placeholder = django_filters.BooleanFilter(
        method="placeholder", label="Unknown to the catalogue", widget=forms.CheckboxInput
    )

    class Meta:
        model = StockLevel
        fields = ()

    def search(self, rows, name: str, value: str):
        return rows.search(value)

    def low(self, rows, name: str, value: bool):
        return rows.low() if value else rows

    def placeholder(self, rows, name: str, value: bool):
        return rows.filter(product__is_placeholder=True) if value else rows


class AlertFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="Location", empty_label="Any location"
    )

    class Meta:
        model = StockAlert
        fields = ()

    def search(self, rows, name: str, value: str):
        return rows.search(value)


class StockCountFilter(AlertFilter):
    class Meta:
        model = StockCount
        fields = ()


class MovementFilter(django_filters.FilterSet):
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="Location", empty_label="Any location"
    )
    kind = django_filters.MultipleChoiceFilter(
        choices=MovementKind.choices, label="Kind", widget=forms.CheckboxSelectMultiple
    )

    moved_from = django_filters.DateFilter(
        "at", method="from_day", label="Moved from", widget=forms.DateInput({"type": "date"})
    )
    moved_to = django_filters.DateFilter(
        "at", method="to_day", label="Moved to", widget=forms.DateInput({"type": "date"})
    )
    way = django_filters.ChoiceFilter(
        choices=(("in", "Came in"), ("out", "Went out")), method="only_way", label="Way", empty_label="Both ways"
    )

    class Meta:
        model = StockMovement
        fields = ()

    def only_way(self, rows, name: str, value: str):
        return rows.filter(on_hand__gt=0) if value == "in" else rows.filter(on_hand__lt=0)

    def from_day(self, rows, name: str, value: date):
        return rows.filter(at__gte=day_bounds(value)[0]) if value > FIRST_DAY else rows

    def to_day(self, rows, name: str, value: date):
        return rows.filter(at__lt=day_bounds(value)[1]) if value < LAST_DAY else rows
