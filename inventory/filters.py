"""How the lists of stock and of movements can be narrowed."""

import django_filters
from django import forms

from inventory.models import Location, MovementKind, StockLevel, StockMovement


def places(request):
    """The locations this person may see, for a filter or a form."""
    rows = Location.objects.all()
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


class MovementFilter(django_filters.FilterSet):
    location = django_filters.ModelChoiceFilter(
        queryset=places, to_field_name="code", label="Location", empty_label="Any location"
    )
    kind = django_filters.MultipleChoiceFilter(
        choices=MovementKind.choices, label="Kind", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = StockMovement
        fields = ()
