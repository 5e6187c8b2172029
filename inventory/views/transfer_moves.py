"""Every move of a transfer, and the station where it is received."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from inventory.actions.transfers.book import book_arrival
from inventory.actions.transfers.count import count_arrival, undo_arrival
from inventory.actions.transfers.end import cancel_transfer, close_transfer, recall_transfer
from inventory.actions.transfers.eta import set_arrival
from inventory.actions.transfers.send import send_transfer
from inventory.models import Location, Transfer
from inventory.transferring import only_at
from inventory.views.receiving import Verbs, books, counting, drawn, take_step, tally_of
from inventory.views.transfers import find
from inventory.views.typed import day_of
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.kernel.errors import Refused

ARRIVAL = Verbs(count_arrival, undo_arrival, book_arrival)


@step_of("transfers:detail", "number")
@needs("inventory.adjust")
def sending(request: HttpRequest, number: str) -> HttpResponse:
    def run(transfer: Transfer) -> None:
        _here(request, transfer.source)
        send_transfer(number, actor=request.user)

    return _made(request, number, run, "Sent. Its units are off the shelf here and incoming there.")


@step_of("transfers:detail", "number")
@needs("inventory.adjust")
def day(request: HttpRequest, number: str) -> HttpResponse:
    def run(transfer: Transfer) -> None:
        set_arrival(
            number, eta=day_of(request.POST.get("eta", "")), reason=request.POST.get("reason", ""), actor=request.user
        )

    return _made(request, number, run, "The day is noted. Promises to customers follow.")


@step_of("transfers:detail", "number")
@needs("inventory.adjust")
def closing(request: HttpRequest, number: str) -> HttpResponse:
    def run(transfer: Transfer) -> None:
        _here(request, transfer.location)
        close_transfer(number, reason=request.POST.get("reason", ""), actor=request.user)

    return _made(request, number, run, "Closed short. The rest no longer counts as incoming.")


@step_of("transfers:detail", "number")
@needs("inventory.adjust")
def cancellation(request: HttpRequest, number: str) -> HttpResponse:
    def run(transfer: Transfer) -> None:
        _here(request, transfer.source)
        cancel_transfer(number, reason=request.POST.get("reason", ""), actor=request.user)

    return _made(request, number, run, "Cancelled. Nothing of it has left.")


@step_of("transfers:detail", "number")
@needs("inventory.adjust")
def recall(request: HttpRequest, number: str) -> HttpResponse:
    def run(transfer: Transfer) -> None:
        _here(request, transfer.source)
        recall_transfer(number, reason=request.POST.get("reason", ""), actor=request.user)

    return _made(request, number, run, "Recalled. Its units are on the shelf again where they were.")


@require_GET
@needs("inventory.adjust")
def station(request: HttpRequest, number: str) -> HttpResponse:
    return _station(request, number)


def _station(request: HttpRequest, number: str) -> HttpResponse:
    transfer = find(request, number)
    words = {
        "from": f"from {transfer.source.name}", "reference": "", "foreign": "Not on this transfer",
        "foreign_why": f"was not sent with it and counts nothing. Put it aside and ask {transfer.source.name}.",
        "over": "More than was sent", "code": "Barcode or SKU", "reason": "", "later": "they stay on the road",
        "over_why": "take it out of the count; it still stands in the books of the place it came from.",
    }  # fmt: skip
    context = tally_of(transfer) | {"words": words, "count_url": reverse("transfers:count", args=[number])}
    if elsewhere := only_at(transfer.location, request.user):
        context["refused"] = [*context["refused"], elsewhere]
    return drawn(request, context)


@step_of("transfers:receiving", "number")
@needs("inventory.adjust")
def step(request: HttpRequest, number: str) -> HttpResponse:
    """One step of the count, and back to the station; what is booked in leads back to the transfer."""
    transfer = find(request, number)
    with shown_as_message(request):
        _here(request, transfer.location)
        if take_step(request, number, ARRIVAL):
            return redirect(transfer)
    return _station(request, number) if books(request) else counting("transfers:receiving", request, number)


def _here(request: HttpRequest, place: Location) -> None:
    if elsewhere := only_at(place, request.user):
        raise Refused.because([elsewhere])


def _made(request: HttpRequest, number: str, run: Callable[[Transfer], None], done: str) -> HttpResponse:
    transfer = find(request, number)
    with shown_as_message(request, done):
        retrying()(run)(transfer)
    return redirect(transfer)
