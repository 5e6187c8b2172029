"""Files on an order: adding, fetching, removing. Nothing is served by the web server itself: each fetch asks who may."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from orders.actions.attach import attach_file, remove_file
from orders.files.serving import served
from orders.models import Attachment, Note
from orders.selectors import order_or_404


@step_of("orders:detail", "number")
@needs("orders.attach")
def attachments(request: HttpRequest, number: str) -> HttpResponse:
    order = order_or_404(number, request.user)
    if not request.FILES.getlist("file"):
        messages.error(request, "Choose a file first.")
    keep_files(request, number)
    return redirect(order)


def keep_files(request: HttpRequest, number: str, note: Note | None = None) -> None:
    """Attach every file sent along; one that is refused does not keep the others away."""
    for upload in request.FILES.getlist("file"):
        with shown_as_message(request, f"{upload.name} is attached."):
            retrying()(attach_file)(number, upload=upload, actor=request.user, note=note)


@require_safe
@needs("orders.view")
def attachment(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """The file, as a download; pictures may be looked at in the browser, where nothing in them can run."""
    order = order_or_404(number, request.user)
    kept = get_object_or_404(Attachment, order=order, pk=pk, removed_at__isnull=True)
    try:
        return served(kept)
    except FileNotFoundError as gone:
        raise Http404 from gone


@step_of("orders:detail", "number")
@needs("orders.attach")
def removal(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    order = order_or_404(number, request.user)
    with shown_as_message(request, "The file is removed."):
        retrying()(remove_file)(number, pk=pk, reason=request.POST.get("reason", ""), actor=request.user)  # type: ignore[arg-type]
    return redirect(order)
