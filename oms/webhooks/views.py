"""What endpoints were told, what still waits, what was given up; and trying the latter again."""

import django_filters
from django.contrib import messages
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from oms.access.decorators import needs
from oms.access.steps import step_of
from oms.kernel.nudge import nudge
from oms.ui.keyset import Sort
from oms.ui.listpage import ListPage, SavedView
from oms.webhooks.models import WebhookDelivery, WebhookEndpoint
from oms.webhooks.send import replay


class DeliveryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label="Order")
    endpoint = django_filters.ModelChoiceFilter(
        queryset=WebhookEndpoint.objects.all(), label="Endpoint", empty_label="Any endpoint"
    )

    class Meta:
        model = WebhookDelivery
        fields = ()

    def search(self, rows, name: str, value: str):
        return rows.filter(stream__iexact=value.strip().replace("\x00", ""))


class DeliveryList(ListPage):
    queryset = WebhookDelivery.objects.all()
    name, nouns = "webhooks", ("delivery", "deliveries")
    template_name, fragment_name = "webhooks/delivery_list.html", "webhooks/_table.html"
    permission = "ops.view"
    filterset_class = DeliveryFilter
    views = (
        SavedView("all", "All", empty="Nobody is told yet", empty_why="An admin adds endpoints in Set-up; events after that are sent."),
        SavedView(
            "parked", "Parked", lambda rows, user: rows.parked(), tone="late", empty="Nothing is parked",
            empty_why="Everything was delivered, or is still being tried.",
        ),
        SavedView("waiting", "Waiting", lambda rows, user: rows.waiting(), empty="Nothing waits"),
    )  # fmt: skip
    sorts = {"newest": Sort("newest first", ("-id",), back="Newer", on="Older")}

    def prefetch(self, rows):
        return rows.select_related("endpoint", "event")

    def extra(self, rows):
        return {
            "here": "ops", "may_replay": self.request.user.can("ops.replay"), "some_failed": any(d.may_be_tried for d in rows),
            "oldest": WebhookDelivery.objects.visible_to(self.request.user).waiting().aggregate(at=Min("event__at"))["at"],
            "off": WebhookEndpoint.objects.filter(is_active=False).exclude(off_reason=""),
        }  # fmt: skip


@step_of("webhooks:list")
@needs("ops.replay")
def replaying(request: HttpRequest) -> HttpResponse:
    """Let the chosen deliveries, parked or failing, be tried now."""
    chosen = [int(pk) for pk in request.POST.getlist("delivery") if pk.isdecimal() and len(pk) < 19]
    count = replay(
        list(WebhookDelivery.objects.visible_to(request.user).filter(pk__in=chosen).values_list("pk", flat=True))
    )
    if count:
        nudge("oms.webhooks.tasks.send_webhooks")
        messages.success(request, f"{count} {'delivery is' if count == 1 else 'deliveries are'} in the queue again.")
    else:
        messages.error(request, "Nothing was put back. Tick at least one delivery that failed.")
    return redirect("webhooks:list")
