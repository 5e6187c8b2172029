"""What the relay still owes: parked deliveries with their error, waiting ones, and putting parked ones back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from oms.access.steps import step_of
from oms.events.models import Delivery, DeliveryStatus
from oms.events.relay import replay
from oms.kernel.queue import MAX_ATTEMPTS
from oms.ops.audit import last_audit

SHOWN = 200


@require_GET
@needs("ops.view")
def deliveries(request: HttpRequest) -> HttpResponse:
    """The newest parked deliveries and the waiting ones that are due first."""
    owed = Delivery.objects.select_related("event")
    parked, waiting = owed.filter(status=DeliveryStatus.PARKED), owed.filter(status=DeliveryStatus.PENDING)
    context = {
        "parked": parked.order_by("-pk")[:SHOWN],
        "parked_count": parked.count(),
        "waiting": waiting.order_by("next_at", "pk")[:SHOWN],
        "waiting_count": waiting.count(),
        "max_attempts": MAX_ATTEMPTS,
        "shown": SHOWN,
        "audit": last_audit(),
        "may_replay": request.user.can("ops.replay"),  # type: ignore[union-attr]  # login is required
    }
    return render(request, "events/deliveries.html", context)


@step_of("events:deliveries")
@needs("ops.replay")
def replaying(request: HttpRequest) -> HttpResponse:
    """Put the chosen parked deliveries back in the queue with a fresh set of attempts."""
    chosen = [int(pk) for pk in request.POST.getlist("delivery") if pk.isdecimal() and len(pk) < 19]
    count = replay(chosen)
    if count:
        messages.success(request, f"{count} {'delivery is' if count == 1 else 'deliveries are'} in the queue again.")
    else:
        messages.error(request, "Nothing was replayed. Tick at least one parked delivery.")
    return redirect("events:deliveries")
