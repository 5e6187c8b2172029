"""How the list of outgoing messages can be narrowed."""

import django_filters
from django.db.models import Q

from notifications.models import MessageKey, OutgoingMessage


class OutgoingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Search")
    template_key = django_filters.ChoiceFilter(choices=MessageKey.choices, label="Message", empty_label="Any message")

    class Meta:
        model = OutgoingMessage
        fields = ()

    def search(self, rows, name: str, value: str):
        text = value.strip().replace("\x00", "")
        return rows.filter(Q(order__number__iexact=text) | Q(to__icontains=text))
