"""What arrived and could not be worked on: parked messages with their reason, and putting them back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from oms.access.steps import step_of
from oms.intake.inbox import replay
from oms.intake.models import InboundMessage, InboundStatus
from oms.kernel.nudge import nudge

SHOWN = 200


@require_GET
@needs("ops.view")
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest parked messages, those that wait, and the last ones worked on."""
    rows = InboundMessage.objects.select_related("connection").defer("body")
    parked, waiting = rows.filter(status=InboundStatus.PARKED), rows.filter(status=InboundStatus.PENDING)
    context = {
        "parked": parked.order_by("-pk")[:SHOWN], "parked_count": parked.count(),
        "waiting": waiting.order_by("next_at", "pk")[:SHOWN], "waiting_count": waiting.count(),
        "done": rows.filter(status=InboundStatus.DONE).order_by("-pk")[:20], "shown": SHOWN, "here": "ops",
        "may_replay": request.user.can("ops.replay"),  # type: ignore[union-attr]  # login is required
    }  # fmt: skip
    return render(request, "intake/inbox.html", context)


@step_of("intake:inbox")
@needs("ops.replay")
def replaying(request: HttpRequest) -> HttpResponse:
    """Put the chosen parked messages back in the queue."""
    chosen = [int(pk) for pk in request.POST.getlist("message") if pk.isdecimal() and len(pk) < 19]
    count = replay(chosen)
    if count:
        nudge("oms.intake.tasks.inbox")
        messages.success(request, f"{count} {'message is' if count == 1 else 'messages are'} in the queue again.")
    else:
        messages.error(request, "Nothing was put back. Tick at least one parked message.")
    return redirect("intake:inbox")
