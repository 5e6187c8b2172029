"""What the box that is typed into may mean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from inventory.offering import find_products
from oms.access.decorators import needs


@require_GET
@needs("inventory.view")
def offer(request: HttpRequest) -> HttpResponse:
    """Products as options of a list; no page of its own."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("inventory:stock")
    text = request.GET.get(request.headers.get("HX-Trigger-Name", ""), "")[:100]
    return render(request, "inventory/_options.html", {"found": find_products(text)})
