"""How the list of returns can be narrowed."""

import django_filters
from django import forms
from django.db.models import Q

from orders.models import Channel
from returns.models import Return, ReturnReason, ReturnType
from returns.states import ReturnStatus


class ReturnFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=ReturnStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    type = django_filters.ChoiceFilter(choices=ReturnType.choices, label="Kind", empty_label="Any kind")
    reason = django_filters.ModelChoiceFilter(
        queryset=ReturnReason.objects.all(), to_field_name="key", label="Reason", empty_label="Any reason"
    )
    channel = django_filters.ModelChoiceFilter(
        field_name="order__channel", queryset=Channel.objects.all(), to_field_name="code", label="Channel",
        empty_label="Any channel",
    )  # fmt: skip

    class Meta:
        model = Return
        fields = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        return rows.filter(
            Q(number__iexact=text)
            | Q(order__number__iexact=text)
            | Q(order__customer_name__icontains=text)
            | Q(tracking_number__iexact=text)
        )
