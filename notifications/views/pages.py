"""One message, sending it again, and the demo's mailbox."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from notifications.actions.resend import resend_message
from notifications.models import MailboxMessage, OutgoingMessage
from oms.access.decorators import needs
from oms.access.shown import shown_as_message

MAILBOX = "notifications.mailbox.MailboxBackend"
PAGE_SIZE = 50


@require_GET
@needs("messages.view")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "notifications/message_detail.html", {"message": find(request, pk)})


@require_POST
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
    """Every message the demo's mail server got; elsewhere, where mail goes instead."""
    found = (
        MailboxMessage.objects.all()
        if is_mailbox() and not request.user.channel_codes
        else MailboxMessage.objects.none()
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "is_mailbox": is_mailbox(), "server": f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"}
    return render(request, "notifications/mailbox.html", context)


@require_GET
@needs("messages.view")
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    found = (
        MailboxMessage.objects.all()
        if is_mailbox() and not request.user.channel_codes
        else MailboxMessage.objects.none()
    )
    return render(request, "notifications/mail.html", {"mail": get_object_or_404(found, pk=pk)})


def find(request: HttpRequest, pk: int) -> OutgoingMessage:
    """The message, if this person may see its order."""
    return get_object_or_404(OutgoingMessage.objects.visible_to(request.user).select_related("order"), pk=pk)


def is_mailbox() -> bool:
    return settings.EMAIL_BACKEND == MAILBOX
