"""The import clinic's pages: match columns, put cells right, undo."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge
from orders.channels.matching import FIELDS, REQUIRED, SKU_OR_NAME, guess
from orders.imports.batches import ask
from orders.imports.mappings import match_columns
from orders.imports.mend import mend_cells
from orders.imports.undo import ask_undo, plan_undo
from orders.models import Channel, ImportBatch, ImportGoal, ImportRow
from orders.views.imports import can_match, find_batch

SHOWN_ORDERS = 100
OPTIONS = [(ours, f"{label} (needed)" if ours in REQUIRED else label) for ours, (label, _) in FIELDS.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("orders.import")
def columns(request: HttpRequest, number: str) -> HttpResponse:
    """Say which column is what; kept for the next file of this source."""
    batch = find_batch(number)
    names, error = batch.preview.get("columns", []), ""
    if request.method == "POST":
        chosen = {name: request.POST.get(f"column-{at}", "") for at, name in enumerate(names)}
        try:
            match_columns(
                batch.number, chosen, name=request.POST.get("name", ""), dates=request.POST.get("dates", ""),
                currency=request.POST.get("currency", ""), tax_included=request.POST.get("tax_included") != "no",
                actor=request.user,
            )  # fmt: skip
        except Refused as refused:
            error = refused.message
        else:
            return _checked_again(request, batch)
        given: dict[str, Any] = {**request.POST.dict(), "columns": chosen}
    else:
        given = _given(batch)
    context = {
        "batch": batch, "rows": _rows(batch, given["columns"]), "needed": _needed(given["columns"]), "given": given,
        "channel": Channel.objects.filter(code=batch.channel_code).first(), "options": OPTIONS, "error": error,
        "used": sum(1 for ours in given["columns"].values() if ours), "open": can_match(batch), "here": "imports",
    }  # fmt: skip
    return render(request, "imports/import_columns.html", context, status=422 if error else 200)


def _needed(chosen: dict[str, str]) -> list[str]:
    """What no order can do without and no column is yet."""
    there = set(chosen.values())
    found = [FIELDS[ours][0] for ours in REQUIRED if ours not in there]
    return found if there & set(SKU_OR_NAME) else [*found, "SKU or Item name"]


def _given(batch: ImportBatch) -> dict[str, Any]:
    """What stands in the form at first: the match in force, else a guess from the names."""
    if batch.matching:
        return {**batch.matching, "tax_included": "yes" if batch.matching.get("tax_included", True) else "no"}
    return {
        "columns": guess(batch.preview.get("columns", [])),
        "dates": "dmy",
        "currency": "",
        "tax_included": "yes",
        "name": "",
    }


def _rows(batch: ImportBatch, chosen: dict[str, str]) -> list[dict[str, Any]]:
    samples = batch.preview.get("rows", [])
    return [
        {
            "key": f"column-{at}", "name": name, "becomes": chosen.get(name, ""),
            "sample": ", ".join(dict.fromkeys(row[at] for row in samples if at < len(row) and row[at])),
        }
        for at, name in enumerate(batch.preview.get("columns", []))
    ]  # fmt: skip


@step_of("imports:detail", "number")
@needs("orders.import")
def fixes(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the cells put right on the batch's page, and check again."""
    batch = find_batch(number)
    listed = {str(pk): column for pk, column in batch.rejects.exclude(column="").values_list("pk", "column")}
    cells = {
        (int(pk), listed.get(pk, "")): request.POST[name]
        for name in request.POST
        if (pk := name.removeprefix("fix-")) != name and pk.isdigit()
    }
    return _mended(request, batch, cells)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("orders.import")
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """One refused row with all its cells, those that are wrong marked, and what was changed in it before."""
    if request.method == "POST":
        # Named by the form: the row itself may be gone after another check, and its batch says so.
        batch = find_batch(request.POST.get("batch", ""))
        return _mended(request, batch, {(pk, column): text for column, text in _posted(request.POST)})
    found = get_object_or_404(ImportRow.objects.select_related("batch"), pk=pk)
    batch = found.batch
    same = batch.rejects.filter(file=found.file, row=found.row)
    wrong = {other.column: other for other in same}
    # The database keeps the cells by name; people know them by their place in the file.
    place = {column: at for at, column in enumerate(batch.preview.get("columns", []))}
    columns = sorted(found.cells, key=lambda column: place.get(column, len(place)))
    cells = [
        {
            "key": f"cell-{at}",
            "column": column,
            "value": found.cells[column],
            "tall": "\n" in found.cells[column],
            "wrong": wrong.get(column),
        }
        for at, column in enumerate(columns)
    ]
    context = {
        "batch": batch, "row": found, "cells": cells, "wrong": list(same), "here": "imports",
        "fixes": batch.fixes.filter(file=found.file, row=found.row).select_related("by").order_by("-pk"),
    }  # fmt: skip
    return render(request, "imports/import_row.html", context)


def _posted(data: QueryDict) -> list[tuple[str, str]]:
    """Columns come beside their cells: their names may hold anything."""
    return [
        (data[name], data.get(f"cell-{name.removeprefix('column-')}", ""))
        for name in data
        if name.startswith("column-")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs("orders.import")
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """What would be withdrawn and what not, and why; then do it."""
    batch = find_batch(number)
    if request.method == "POST":
        with shown_as_message(request):
            ask_undo(batch.number, keep_moved=request.POST.get("keep") == "yes", actor=request.user)
            nudge("orders.tasks.run_imports")
        return redirect(batch)
    plan = plan_undo(batch)
    context = {
        "batch": batch, "plan": plan, "going": plan.going[:SHOWN_ORDERS], "staying": plan.staying[:SHOWN_ORDERS],
        "here": "imports",
    }  # fmt: skip
    return render(request, "imports/import_undo.html", context)


def _mended(request: HttpRequest, batch: ImportBatch, cells: dict[tuple[int, str], str]) -> HttpResponse:
    with shown_as_message(request):
        changed = mend_cells(batch.number, cells, actor=request.user)
        if not changed:
            raise Refused("nothing_changed", "Nothing was changed: every cell holds what stands in the file.")
        ask(batch.number, ImportGoal.CHECK)
        nudge("orders.tasks.run_imports")
    return redirect(batch)


def _checked_again(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    with shown_as_message(request):
        ask(batch.number, ImportGoal.CHECK)
        nudge("orders.tasks.run_imports")
    return redirect(batch)
