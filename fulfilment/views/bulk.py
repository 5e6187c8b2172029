"""Hand the ticked parcels over at once: what would leave, then each in its own transaction, then the sheet."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fulfilment.actions.dispatch import dispatch
from fulfilment.models import FulfilmentOrder, Shipment
from fulfilment.states import AT_DOOR, WorkStatus
from oms.access.decorators import needs
from oms.access.steps import step_of
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refusal, Refused
from orders.actions.bulk import keep_results
from orders.policies import may_move
from orders.rules import no_blocking_hold, payment_gate_met

LIMIT = 200
NO_LABEL = Refusal("no_label", "No label yet: open the parcel and enter carrier and tracking number.")


@dataclass(frozen=True)
class Leaving:
    """One ticked parcel: its label, and why it stays (empty: it leaves)."""

    fo: FulfilmentOrder
    label: Shipment | None
    refusals: tuple[Refusal, ...]


@step_of("fulfilment:dispatch-queue")
@needs("fulfilment.work")
def bulk_dispatch(request: HttpRequest) -> HttpResponse:
    """Show which of the ticked parcels leave; with `sure`, dispatch each under its label."""
    numbers = [n for n in dict.fromkeys(request.POST.getlist("work")) if "\x00" not in n]
    if not 0 < len(numbers) <= LIMIT:
        messages.warning(request, f"Tick 1 to {LIMIT} parcels first. Nothing was changed.")
        return redirect("fulfilment:dispatch-queue")
    rows = _rows(numbers, request.user)
    if "sure" not in request.POST:
        going = [row for row in rows if not row.refusals]
        return render(request, "fulfilment/bulk_dispatch.html", {"here": "dispatch", "rows": rows, "going": going})
    began = now()
    results = [(row.fo.order.number, *_one(row, request.user)) for row in rows]
    return redirect("orders:bulk-run", keep_results("dispatch", {}, results, actor=request.user, since=began).pk)


def _rows(numbers: list[str], user: Any) -> list[Leaving]:
    """The ticked work as asked; three queries whatever its number."""
    found = FulfilmentOrder.objects.visible_to(user).select_related("order", "location").filter(number__in=numbers)
    at_door = Shipment.objects.select_related("carrier").filter(fulfilment_order__in=found, status__in=AT_DOOR)
    labels = {label.fulfilment_order_id: label for label in at_door}
    person = may_move(user, "fulfilment", "dispatch")
    return [Leaving(fo, labels.get(fo.pk), _closed(fo, labels.get(fo.pk), person)) for fo in found]


def _closed(fo: FulfilmentOrder, label: Shipment | None, person: Refusal | None) -> tuple[Refusal, ...]:
    if fo.status != WorkStatus.PACKED:
        return (Refusal("wrong_state", f"{fo.number} is {fo.get_status_display().lower()}."),)
    found = (no_blocking_hold(fo.order), payment_gate_met(fo.order), None if label else NO_LABEL, person)
    return tuple(refusal for refusal in found if refusal)


def _one(row: Leaving, user: Any) -> tuple[bool, str]:
    if row.refusals:
        return False, row.refusals[0].message
    try:
        sent = retrying()(dispatch)(row.fo.number, actor=user)
    except Refused as refused:
        return False, refused.message
    except Busy as busy:
        return False, str(busy)
    return True, f"{sent.number} left with {sent.carrier}, {sent.tracking_number}"
