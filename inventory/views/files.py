"""Products and stock by file: upload, look at the check, import, take the rows to mend home."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from inventory.forms_file import MAY, StockFileForm
from inventory.imports.desk import ask_run, keep_file
from inventory.imports.mend import mend_cells
from inventory.imports.products import product_lines
from inventory.models import FileGoal, FileKind, StockFile
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge
from oms.live.progress import heard
from oms.ui.charts import Figure

SHOWN_RUNS = 30
TASK = "inventory.tasks.run_stock_files"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("inventory.import")
def files(request: HttpRequest) -> HttpResponse:
    form = StockFileForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            file = keep_file(upload.name, upload.read(), kind=form.cleaned_data["kind"], actor=request.user)
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            nudge(TASK)
            return redirect(file)
    context = {"form": form, "runs": _runs(request), "here": "stock"}
    return render(request, "stockfiles/file_list.html", context, status=422 if form.errors else 200)


@require_GET
@needs("inventory.import")
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The whole page, or its live part for htmx."""
    file = _find(request, number)
    context = {
        "file": file, "figures": _figures(file), "runs": _runs(request), "here": "stock", "may": request.user.can(_may(file)),
        "doing": heard(file.number) if file.phase in ("checking", "writing") else None,
        "other": next((k for k in FileKind if k != file.kind and request.user.can(MAY[k])), None),
    }  # fmt: skip
    live = request.htmx and file.is_running  # type: ignore[attr-defined]
    answer = render(request, "stockfiles/_progress.html" if live else "stockfiles/file_detail.html", context)
    if request.htmx and not file.is_running:  # type: ignore[attr-defined]
        answer["HX-Refresh"] = "true"  # the run is over: the figures and buttons change with it
    return answer


@step_of("stockfiles:detail", "number")
@needs("inventory.import")
def application(request: HttpRequest, number: str) -> HttpResponse:
    return _again(request, number, FileGoal.WRITE)


@step_of("stockfiles:detail", "number")
@needs("inventory.import")
def check(request: HttpRequest, number: str) -> HttpResponse:
    return _again(request, number, FileGoal.CHECK)


@step_of("stockfiles:detail", "number")
@needs("inventory.import")
def fixes(request: HttpRequest, number: str) -> HttpResponse:
    """The cells that were put right, and the check again."""
    file = _mine(request, number)
    cells = {
        (r.row, r.column): request.POST[name] for r in file.rejects if (name := f"fix-{r.row}-{r.column}") in request.POST
    }  # fmt: skip
    with shown_as_message(request):
        mend_cells(number, cells, actor=request.user)
        nudge(TASK)
    return redirect(file)


@require_GET
@needs("inventory.import")
def rejects(request: HttpRequest, number: str) -> HttpResponse:
    """The rows that cannot be taken, with the reasons; mended, the file goes in as it is."""
    file = _find(request, number)
    answer = HttpResponse(file.rejects_file, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file.number}-rows-to-mend.csv"'
    return answer


@require_GET
@needs("inventory.view")
def products(request: HttpRequest) -> StreamingHttpResponse:
    """Every product as the file that goes in; in an empty house it is a template."""
    answer = StreamingHttpResponse(product_lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="products-{business_date():%Y-%m-%d}.csv"'
    return answer


def _find(request: HttpRequest, number: str) -> StockFile:
    rows = StockFile.objects.visible_to(request.user).select_related("created_by").defer("content")
    return get_object_or_404(rows, number=number)


def _may(file: StockFile) -> str:
    return MAY[FileKind(file.kind)]


def _runs(request: HttpRequest) -> list[StockFile]:
    rows = StockFile.objects.visible_to(request.user).without_contents()
    return list(rows.select_related("created_by")[:SHOWN_RUNS])


def _mine(request: HttpRequest, number: str, kind: FileKind | None = None) -> StockFile:
    """The file, for somebody who brings in files of its kind, or of the one it is to become."""
    file = _find(request, number)
    if not request.user.can(MAY[kind or FileKind(file.kind)]):  # type: ignore[union-attr]
        raise PermissionDenied
    return file


def _again(request: HttpRequest, number: str, goal: FileGoal) -> HttpResponse:
    asked = request.POST.get("kind", "")
    kind = FileKind(asked) if asked in FileKind.values and goal == FileGoal.CHECK else None
    file = _mine(request, number, kind)
    with shown_as_message(request):
        ask_run(file.number, goal, actor=request.user, leave_out="leave_out" in request.POST, kind=kind)
        nudge(TASK)
    return redirect(file)


def _figures(file: StockFile) -> list[Figure]:
    if file.phase not in ("checked", "done"):
        return []
    would, here, bad = file.phase == "checked", file.get_absolute_url(), file.rejected
    rows = f"of {file.rows:,} row{'' if file.rows == 1 else 's'}"
    changed = Figure(
        ("To change" if would else "Changed"), f"{file.changed:,}", here,
        f"levels, {file.units:+,} units" if file.kind == FileKind.STOCK else "where a cell says otherwise", icon="edit",
    )  # fmt: skip
    new = [Figure("New products" if would else "Products created", f"{file.created:,}", here, rows, icon="plus")]
    return [
        *(new if file.kind == FileKind.PRODUCTS else []),
        changed,
        Figure("As it is", f"{file.unchanged:,}", here, "the same, nothing to do", icon="link"),
        Figure("Rows to mend", f"{bad:,}", f"{here}#rows", rows, icon="alert", tone="late" if bad else ""),
    ]
