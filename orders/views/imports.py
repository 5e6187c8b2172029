"""Import pages: upload, look at the check, import, take the rows to fix home."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory.models import Product
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import now
from oms.kernel.csvout import stream
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge
from oms.ui.charts import Figure
from orders.channels import generic
from orders.channels.registry import FORMATS
from orders.forms_import import UploadForm
from orders.imports.batches import ask, ask_stop, start_batch
from orders.models import Channel, ImportBatch, ImportGoal

SHOWN_RUNS, SHOWN_REJECTS, SHOWN_FIXES = 30, 200, 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs("orders.import")
def imports(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        files = [(f.name or "file", f.read()) for f in form.cleaned_data["files"]]
        try:
            batch = start_batch(
                files,
                channel_code=form.cleaned_data["channel"],
                format_key=form.cleaned_data["format"],
                check_skus=form.cleaned_data["check_skus"],
                actor=request.user,
            )
        except Refused as refused:
            form.add_error("files", refused.message)
        else:
            nudge("orders.tasks.run_imports")
            return redirect(batch)
    context = {"form": form, "runs": _runs(), "here": "imports"}
    return render(request, "imports/import_list.html", context, status=422 if form.errors else 200)


@require_GET
@needs("orders.import")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The whole page, or its live part for htmx."""
    batch = find_batch(number)
    rejects = list(batch.rejects.all()[:SHOWN_REJECTS]) if not batch.is_running else []
    context = {
        "batch": batch, "figures": _figures(batch), "rejects": rejects, "runs": _runs(), "here": "imports",
        "unguessed": sum(not row.suggestion and row.is_editable for row in rejects), "cells": batch.rejects.count(),
        "fixes": batch.fixes.select_related("by").order_by("-pk")[:SHOWN_FIXES],
        "can_undo": can_undo(batch), "can_match": can_match(batch),
        "channel": Channel.objects.filter(code=batch.channel_code).first(),
        "format": FORMATS.get(batch.format_key),
    }  # fmt: skip
    live = request.htmx and batch.is_running  # type: ignore[attr-defined]
    answer = render(request, "imports/_progress.html" if live else "imports/import_detail.html", context)
    if request.htmx and not batch.is_running:  # type: ignore[attr-defined]
        answer["HX-Refresh"] = "true"  # the run is over: the steps, figures and buttons change with it
    return answer


@step_of("imports:detail", "number")
@needs("orders.import")
def application(request: HttpRequest, number: str) -> HttpResponse:
    return _again(request, number, ImportGoal.IMPORT)


@step_of("imports:detail", "number")
@needs("orders.import")
def check(request: HttpRequest, number: str) -> HttpResponse:
    return _again(request, number, ImportGoal.CHECK)


@step_of("imports:detail", "number")
@needs("orders.import")
def stop(request: HttpRequest, number: str) -> HttpResponse:
    batch = find_batch(number)
    with shown_as_message(request, "The import ends after the orders it is at. What is stored stays."):
        ask_stop(batch.number)
    return redirect(batch)


@require_GET
@needs("orders.import")
def rejects(request: HttpRequest, number: str) -> HttpResponse:
    """The rows to fix, as CSV: where, what stands there, what is wrong."""
    batch = find_batch(number)
    header = ("File", "Row", "Column", "Order", "In the file", "What is wrong", "Perhaps")
    rows = batch.rejects.values_list("file", "row", "column", "external_id", "value", "reason", "suggestion").iterator()
    return _download(stream(header, rows), f"{batch.number}-rows-to-fix.csv")


@require_GET
@needs("orders.import")
def template(request: HttpRequest) -> HttpResponse:
    """Our own layout with one order in it, to be filled in: placed now, of a product the house sells, so it imports as it is."""
    sold = Product.objects.filter(is_active=True, is_placeholder=False, price__gt=0).order_by("sku").first()
    known = (
        {"sku": sold.sku, "name": sold.name, "unit_price": f"{sold.price:.2f}", "currency": sold.currency}
        if sold
        else {}
    )
    row = dict.fromkeys(generic.COLUMNS, "") | EXAMPLE | {"placed_at": f"{now():%Y-%m-%d %H:%M}"} | known
    return _download(stream(generic.COLUMNS, [[row[c] for c in generic.COLUMNS]]), "orders-template.csv")


EXAMPLE = {
    "order_id": "PO-1001", "sku": "MUG-BLUE", "quantity": "2", "unit_price": "450.00",
    "currency": "INR", "name": "Blue mug", "customer_name": "Example Stores", "email": "buyer@example.com",
    "ship_line1": "12 Example Road", "ship_city": "Pune", "ship_state": "Maharashtra", "ship_postal_code": "411001",
    "ship_country": "IN", "payment_terms": "prepaid",
}  # fmt: skip


def find_batch(number: str) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.select_related("created_by").prefetch_related("files"), number=number)


def can_match(batch: ImportBatch) -> bool:
    """Whether its columns may still be given other meanings: a table that is kept, and none of its orders are in."""
    columns = batch.preview.get("columns", [])
    return (
        bool(columns)
        and not batch.forgotten_at
        and "segment" not in columns
        and not batch.is_mending
        and not batch.imported.exists()
    )


def can_undo(batch: ImportBatch) -> bool:
    """Whether there is anything to withdraw; whether it may be is for the page that asks."""
    return not batch.is_running and batch.imported.filter(outcome="created", withdrawn_at__isnull=True).exists()


def _runs() -> list[ImportBatch]:
    runs = ImportBatch.objects.select_related("created_by").order_by("-created_at")[:SHOWN_RUNS]
    return list(runs.prefetch_related("files"))


def _again(request: HttpRequest, number: str, goal: ImportGoal) -> HttpResponse:
    batch = find_batch(number)
    with shown_as_message(request):
        ask(batch.number, goal)
        nudge("orders.tasks.run_imports")
    return redirect(batch)


def _figures(batch: ImportBatch) -> list[Figure]:
    if batch.phase not in ("checked", "done", "stopped", "undone"):
        return []
    would, here, bad = batch.phase == "checked", batch.get_absolute_url(), batch.rejected
    made, changed = ("New orders", "Changed orders") if would else ("Orders created", "Orders updated")
    found = f"of {batch.orders:,} in {batch.rows:,} row{'' if batch.rows == 1 else 's'}"
    return [
        Figure(made, f"{batch.created:,}", here, found, icon="plus"),
        Figure(changed, f"{batch.updated:,}", here, "changed at the source", icon="edit"),
        Figure("Already here", f"{batch.unchanged:,}", here, "the same, nothing to do", icon="link"),
        Figure("Orders to fix", f"{bad:,}", f"{here}#rows", "left out", icon="alert", tone="late" if bad else ""),
    ]


def _download(lines, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
