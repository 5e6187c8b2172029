"""Packing slip and pick list: a page to print, and PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fulfilment.documents import pick_list
from fulfilment.documents import slip as paper
from fulfilment.documents.facts import barcode_path, slip_of
from fulfilment.views.work import find
from oms.access.decorators import needs


@require_GET
@needs("fulfilment.print")
def slip(request: HttpRequest, number: str) -> HttpResponse:
    fo = find(request, number)
    width, bars = barcode_path(fo.number)
    return render(request, "fulfilment/slip.html", {"fo": fo, "slip": slip_of(fo), "bar_width": width, "bars": bars})


@require_GET
@needs("fulfilment.print")
def slip_pdf(request: HttpRequest, number: str) -> HttpResponse:
    return _pdf(paper.slip_pdf(slip_of(find(request, number))), f"packing-slip-{number}.pdf")


@require_GET
@needs("fulfilment.print")
def pick_list_pdf(request: HttpRequest, number: str) -> HttpResponse:
    return _pdf(pick_list.pick_list_pdf(find(request, number)), f"pick-list-{number}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
