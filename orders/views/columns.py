"""Choosing the columns of the orders list and their order."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from oms.access.decorators import needs
from oms.kernel.errors import Refused
from orders.columns import COLUMNS, USUAL, choose_columns, columns_of


@require_http_methods(["GET", "POST"])
@needs("orders.views")
def columns(request: HttpRequest) -> HttpResponse:
    """Tick what to see and number its place. `press=up:total` moves one column up, for those who number nothing."""
    now_seen, error = list(columns_of(request.user)), ""
    if request.method == "POST":
        now_seen = _asked(request)
        if not request.POST.get("press", "").partition(":")[2]:
            try:
                choose_columns(request.user, USUAL if request.POST.get("press") == "usual" else now_seen)
            except Refused as refused:
                error = refused.message
            else:
                messages.success(request, "The list shows your columns; files follow them.")
                return redirect(reverse("orders:list"))
    rest = [key for key in COLUMNS if key not in now_seen]
    context = {
        "here": "orders", "error": error, "is_usual": tuple(now_seen) == USUAL,
        "chosen": [(COLUMNS[key], at) for at, key in enumerate(now_seen, 1)], "rest": [COLUMNS[key] for key in rest],
    }  # fmt: skip
    return render(request, "orders/columns.html", context)


def _asked(request: HttpRequest) -> list[str]:
    """The ticked columns by the numbers beside them, one of them moved if a button says so."""
    ticked = [key for key in request.POST.getlist("column") if key in COLUMNS]
    places = {key: request.POST.get(f"place-{key}", "") for key in ticked}
    far = len(COLUMNS) + 1
    ticked.sort(key=lambda key: int(places[key]) if places[key].isdecimal() and len(places[key]) < 4 else far)
    way, _, key = request.POST.get("press", "").partition(":")
    if key in ticked and way in ("up", "down"):
        at = ticked.index(key)
        to = max(0, min(len(ticked) - 1, at + (1 if way == "down" else -1)))
        ticked.insert(to, ticked.pop(at))
    return ticked
