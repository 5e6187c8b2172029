"""How the lists of payments and refunds can be narrowed."""

import django_filters
from django import forms
from django.db.models import Q

from orders.models import Channel
from payments.models import Method, Payment, Refund
from payments.states import PaymentStatus, RefundStatus


def _search(rows, name: str, value: str):
    text = value.strip().replace("\x00", "")
    return rows.filter(
        Q(number__iexact=text)
        | Q(reference__iexact=text)
        | Q(order__number__iexact=text)
        | Q(order__customer_name__icontains=text)
    )


class PaymentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=PaymentStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    method = django_filters.ChoiceFilter(choices=Method.choices, label="Method", empty_label="Any method")
    channel = django_filters.ModelChoiceFilter(
        field_name="order__channel", queryset=Channel.objects.all(), to_field_name="code", label="Channel",
        empty_label="Any channel",
    )  # fmt: skip

    currency = django_filters.CharFilter(label="Currency", max_length=3)
    received_from = django_filters.DateFilter(
        "received_at", "date__gte", label="Received from", widget=forms.DateInput({"type": "date"})
    )
    received_to = django_filters.DateFilter(
        "received_at", "date__lte", label="Received to", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = Payment
        fields = ()

    def search(self, rows, name: str, value: str):
        return _search(rows, name, value)


class RefundFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    status = django_filters.MultipleChoiceFilter(
        choices=RefundStatus.choices, label="State", widget=forms.CheckboxSelectMultiple
    )
    channel = django_filters.ModelChoiceFilter(
        field_name="order__channel", queryset=Channel.objects.all(), to_field_name="code", label="Channel",
        empty_label="Any channel",
    )  # fmt: skip

    class Meta:
        model = Refund
        fields = ()

    def search(self, rows, name: str, value: str):
        return _search(rows, name, value)
