"""How the list of orders can be narrowed; saved views are query strings of these names."""

import django_filters
from django import forms

from oms.access.models import User
from oms.access.roles import Team
from orders.models import Channel, Order
from orders.querysets import OrderQuerySet
from orders.stagebook import stages
from orders.states import FulfilmentStatus, PaymentStatus


def stage_choices() -> list[tuple[str, str]]:
    return [(info.key, info.label) for info in stages().values()]


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", label="Search")
    stage = django_filters.MultipleChoiceFilter(
        choices=stage_choices, label="Stage", widget=forms.CheckboxSelectMultiple
    )
    payment_status = django_filters.MultipleChoiceFilter(
        choices=PaymentStatus.choices, label="Payment", widget=forms.CheckboxSelectMultiple
    )
    fulfilment_status = django_filters.MultipleChoiceFilter(
        choices=FulfilmentStatus.choices, label="Fulfilment", widget=forms.CheckboxSelectMultiple
    )
    channel = django_filters.ModelChoiceFilter(
        queryset=Channel.objects.all(), to_field_name="code", label="Channel", empty_label="Any channel"
    )
    owner_team = django_filters.ChoiceFilter(choices=Team.choices, label="Owner of next step", empty_label="Any team")
    assignee = django_filters.ModelChoiceFilter(
        queryset=User.objects.filter(is_active=True), label="Assigned to", empty_label="Anyone"
    )
    placed_from = django_filters.DateFilter(
        "placed_at", "date__gte", label="Placed from", widget=forms.DateInput({"type": "date"})
    )
    placed_to = django_filters.DateFilter(
        "placed_at", "date__lte", label="Placed to", widget=forms.DateInput({"type": "date"})
    )
    open = django_filters.BooleanFilter(method="only_open", label="Open", widget=forms.CheckboxInput)
    late = django_filters.BooleanFilter(method="only_late", label="Late", widget=forms.CheckboxInput)
    hold = django_filters.BooleanFilter(method="only_held", label="On hold", widget=forms.CheckboxInput)
    mine = django_filters.BooleanFilter(method="only_mine", label="Mine to do", widget=forms.CheckboxInput)

    class Meta:
        model = Order
        fields = ()

    def find(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        return rows.search(value)

    def only_open(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.open() if value else rows

    def only_late(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.late() if value else rows

    def only_held(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.held() if value else rows

    def only_mine(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.filter(assignee=self.request.user).exclude(next_action="") if value else rows
