"""How the list of orders can be narrowed; saved views are query strings of these names."""

from datetime import date
from decimal import Decimal

import django_filters
from django import forms

from oms.access.models import User
from oms.access.roles import Team
from oms.kernel.clock import day_bounds
from orders.finding import Found, find, find_tag
from orders.models import Channel, ImportedOrder, Order
from orders.querysets import OrderQuerySet
from orders.stagebook import stages
from orders.states import FulfilmentStatus, PaymentStatus

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)
NEXT_ACTIONS = (
    ("place", "Place"), ("confirm", "Confirm"), ("customer_po", "Enter the PO"), ("collect", "Collect"), ("verify", "Verify"),
    ("clear_hold", "Clear the hold"), ("answer_no", "Cancel or change what was declined"),
    ("allocate", "Allocate"), ("release", "Release"), ("pick", "Pick"), ("pack", "Pack"), ("dispatch", "Dispatch"),
    ("order_supplier", "Send the order to a supplier"), ("supplier_stop", "Get a supplier's answer"),
    ("cancel_stopped", "Cancel what a supplier stopped"), ("await_supplier", "Wait for a supplier to ship"),
    ("share_stock", "Share scarce stock out"), ("receive_stock", "Receive stock"), ("receive_rto", "Receive a parcel back"),
    ("deliver", "Confirm the delivery"),
    ("answer_attempt", "Answer a failed delivery"), ("answer_customer", "Answer the customer"),
    ("decide_return", "Decide the return"), ("receive_return", "Receive the return"), ("refund", "Refund"),
    ("match_cod", "Match COD"), ("void_cod", "Void COD of a lost parcel"), ("answer_loss", "Answer a lost parcel"),
)  # fmt: skip
BLOCKERS = (
    ("hold", "A hold"),
    ("payment", "Payment not received"),
    ("customer_po", "Customer's PO missing"),
    ("stock", "Stock short"),
    ("supplier", "A supplier ships"),
    ("parcel", "Delivery failed"),
)


UNTOUCHED_CHOICES = (
    ("confirmed", "Confirmed by itself"),
    ("released", "Released by itself"),
    ("dispatched", "Dispatched untouched by the desk"),
)


def stage_choices() -> list[tuple[str, str]]:
    return [(info.key, info.label) for info in stages().values()]


class AnyOf(django_filters.MultipleChoiceFilter):
    """Rows with one of the values, as an index answers it: the library's way asks for DISTINCT rows and an OR per value."""

    def filter(self, rows: OrderQuerySet, value: list[str]) -> OrderQuerySet:
        return rows.filter(**{f"{self.field_name}__in": value}) if value else rows


class OrderFilter(django_filters.FilterSet):
    is_broad = False  # set by a search that finds much
    _found: Found | None = None  # looked up once, whatever number of querysets it narrows
    q = django_filters.CharFilter(method="find", label="Search")
    stage = AnyOf(choices=stage_choices, label="Stage", widget=forms.CheckboxSelectMultiple)
    payment_status = AnyOf(choices=PaymentStatus.choices, label="Payment", widget=forms.CheckboxSelectMultiple)
    fulfilment_status = AnyOf(choices=FulfilmentStatus.choices, label="Fulfilment", widget=forms.CheckboxSelectMultiple)
    channel = django_filters.ModelChoiceFilter(
        queryset=Channel.objects.all(), to_field_name="code", label="Channel", empty_label="Any channel"
    )
    owner_team = django_filters.ChoiceFilter(
        method="owned_by", choices=Team.choices, label="Owner of next step", empty_label="Any team"
    )
    assignee = django_filters.ModelChoiceFilter(
        queryset=User.objects.filter(is_active=True), label="Assigned to", empty_label="Anyone"
    )
    placed_from = django_filters.DateFilter(
        "placed_at", method="from_day", label="Placed from", widget=forms.DateInput({"type": "date"})
    )
    placed_to = django_filters.DateFilter(
        "placed_at", method="to_day", label="Placed to", widget=forms.DateInput({"type": "date"})
    )
    in_stage_from = django_filters.NumberFilter(
        method="only_in_stage_from", label="Days in its stage, at least", min_value=0, max_value=36500
    )
    in_stage_below = django_filters.NumberFilter(
        method="only_in_stage_below", label="Days in its stage, fewer than", min_value=0, max_value=36500
    )
    next_action = AnyOf(choices=NEXT_ACTIONS, label="Next step", widget=forms.CheckboxSelectMultiple)
    dispatched_from = django_filters.DateFilter(
        "dispatched_at", method="from_day", label="Dispatched from", widget=forms.DateInput({"type": "date"})
    )
    dispatched_to = django_filters.DateFilter(
        "dispatched_at", method="to_day", label="Dispatched to", widget=forms.DateInput({"type": "date"})
    )
    delayed = django_filters.BooleanFilter(method="only_delayed", label="Dispatch delayed", widget=forms.CheckboxInput)
    missed = django_filters.BooleanFilter(
        method="only_missed", label="Dispatch promise missed", widget=forms.CheckboxInput
    )
    returned = django_filters.BooleanFilter(
        method="only_returned", label="Something returned", widget=forms.CheckboxInput
    )
    cancelled = django_filters.BooleanFilter(method="only_cancelled", label="Cancelled", widget=forms.CheckboxInput)
    blocker = django_filters.ChoiceFilter(
        choices=BLOCKERS, method="blocked_by", label="Blocked by", empty_label="Anything"
    )
    open = django_filters.BooleanFilter(method="only_open", label="Open", widget=forms.CheckboxInput)
    late = django_filters.BooleanFilter(method="only_late", label="Late", widget=forms.CheckboxInput)
    hold = django_filters.BooleanFilter(method="only_held", label="On hold", widget=forms.CheckboxInput)
    asks = django_filters.BooleanFilter(
        method="only_asking", label="Customer waits for an answer", widget=forms.CheckboxInput
    )
    lost = django_filters.BooleanFilter(method="only_lost", label="Lost goods to answer", widget=forms.CheckboxInput)
    no_rate = django_filters.BooleanFilter(
        method="only_unrated", label="Without an exchange rate", widget=forms.CheckboxInput
    )
    tag = django_filters.CharFilter(method="tagged", label="Tag", max_length=40)
    supplier = django_filters.BooleanFilter(
        method="only_from_suppliers", label="Supplier ships", widget=forms.CheckboxInput
    )
    untouched = django_filters.ChoiceFilter(
        choices=UNTOUCHED_CHOICES, method="only_untouched", label="Without a touch", empty_label="Any"
    )
    batch = django_filters.CharFilter(method="of_batch", label="From import", max_length=30)
    mine = django_filters.BooleanFilter(method="only_mine", label="Mine to do", widget=forms.CheckboxInput)

    class Meta:
        model = Order
        fields = ()

    def find(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        if self._found is None:
            self._found = find(value)
        self.is_broad = self._found.is_broad
        return rows.filter(self._found.condition)

    def of_batch(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        return rows.filter(pk__in=ImportedOrder.objects.filter(batch__number__iexact=value).values("order_id"))

    def tagged(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        return rows.filter(find_tag(value).condition)

    def owned_by(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        return rows.waiting_for(value)

    def from_day(self, rows: OrderQuerySet, name: str, value: date) -> OrderQuerySet:
        # Bounds as moments: an index answers them, and the day is the company's own.
        return rows.filter(**{f"{name}__gte": day_bounds(value)[0]}) if value > FIRST_DAY else rows

    def to_day(self, rows: OrderQuerySet, name: str, value: date) -> OrderQuerySet:
        return rows.filter(**{f"{name}__lt": day_bounds(value)[1]}) if value < LAST_DAY else rows

    def only_in_stage_from(self, rows: OrderQuerySet, name: str, value: Decimal) -> OrderQuerySet:
        return rows.in_stage_for(least=int(value))

    def only_in_stage_below(self, rows: OrderQuerySet, name: str, value: Decimal) -> OrderQuerySet:
        return rows.in_stage_for(below=int(value))

    def only_delayed(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.delayed() if value else rows

    def only_missed(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.missed() if value else rows

    def only_returned(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.filter(qty_returned__gt=0) if value else rows

    def only_cancelled(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.filter(status="cancelled") if value else rows

    def blocked_by(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        return rows.blocked_by(value)

    def only_open(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.open() if value else rows

    def only_late(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.late() if value else rows

    def only_held(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.held() if value else rows

    def only_asking(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.asking() if value else rows

    def only_lost(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.with_loss() if value else rows

    def only_unrated(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.unrated() if value else rows

    def only_from_suppliers(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.filter(is_drop_shipped=True) if value else rows

    def only_untouched(self, rows: OrderQuerySet, name: str, value: str) -> OrderQuerySet:
        return rows.untouched(value)

    def only_mine(self, rows: OrderQuerySet, name: str, value: bool) -> OrderQuerySet:
        return rows.filter(assignee=self.request.user).exclude(next_action="") if value else rows
