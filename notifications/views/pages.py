"""One message, sending it again, and the demo's mailbox."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from notifications.actions.resend import resend_message
from notifications.models import MailboxMessage, OutgoingMessage
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of

MAILBOX = "notifications.mailbox.MailboxBackend"
PAGE_SIZE = 50


@require_GET
@needs("messages.view")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "notifications/message_detail.html", {"message": find(request, pk)})


@step_of("notifications:detail", "pk")
@needs("messages.send")
def sending(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed message again."""
    message = find(request, pk)
    with shown_as_message(request, "It is in the queue again."):
        resend_message(message.pk)
    return redirect("notifications:detail", pk=message.pk)


@require_GET
@needs("messages.view")
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every message the demo's mail server got, or those with `q` in address, subject or text; elsewhere, where mail goes."""
    found, wanted = in_box(request), request.GET.get("q", "").replace("\x00", "").strip()[:200]
    if wanted:
        found = found.filter(Q(to__icontains=wanted) | Q(subject__icontains=wanted) | Q(body__icontains=wanted))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    context = {"page": page, "q": wanted, "is_mailbox": is_mailbox(), "server": server}
    return render(request, "notifications/mailbox.html", context)


@require_GET
@needs("messages.view")
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "notifications/mail.html", {"mail": get_object_or_404(in_box(request), pk=pk)})


def in_box(request: HttpRequest) -> QuerySet[MailboxMessage]:
    """The mail this person may read: all of it, or none for people who see some channels only."""
    may = is_mailbox() and not request.user.channel_codes  # type: ignore[union-attr]
    return MailboxMessage.objects.all() if may else MailboxMessage.objects.none()


def find(request: HttpRequest, pk: int) -> OutgoingMessage:
    """The message, if this person may see its order."""
    return get_object_or_404(OutgoingMessage.objects.visible_to(request.user).select_related("order"), pk=pk)


def is_mailbox() -> bool:
    return settings.EMAIL_BACKEND == MAILBOX
