"""One piece of work: the pick, the packing table, and what is left of it afterwards."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fulfilment import selectors
from fulfilment.actions.take import take_next
from fulfilment.models import BoxSize, Carrier, FulfilmentOrder, FulfilmentOrderLine, ShortReason
from fulfilment.states import AT_DOOR, WorkStatus
from fulfilment.views import suppliers
from fulfilment.views.steps import POLICY, make
from inventory.decisions import why_here
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.claims import lengthen, unclaimed
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.ui.lost import Lost
from orders.policies import may_move, require_may
from orders.rules import no_blocking_hold, payment_gate_met
from orders.undoing import way_back

TONES = {"ok": "done", "complete": "done", "too_many": "wait", "wrong": "late"}


def find(request: HttpRequest, number: str) -> FulfilmentOrder:
    """The work `number`, if this person may see its order."""
    rows = FulfilmentOrder.objects.visible_to(request.user).select_related(
        "order__channel", "location", "claimed_by", "ship_to", "purchase__supplier"
    )
    fo = rows.filter(number=number).first()
    if fo is None:
        raise Lost(f"No work {number[:60]}", search=number[:60])
    return fo


@require_GET
@needs("fulfilment.view")
def work(request: HttpRequest, number: str) -> HttpResponse:
    """The page that fits the state: pick station, packing table, or the finished sheet with the hand-over form."""
    fo = find(request, number)
    if fo.status in (WorkStatus.OPEN, WorkStatus.PICKING) and request.user.can("fulfilment.work"):
        return render(request, "fulfilment/pick.html", _station(request, fo, "pick"))
    if fo.status == WorkStatus.PICKED and request.user.can("fulfilment.work"):
        return render(request, "fulfilment/pack.html", _station(request, fo, "pack") | _table(fo))
    if fo.status == WorkStatus.WITH_SUPPLIER:
        return suppliers.page(request, fo)
    closed = [
        r
        for r in (
            no_blocking_hold(fo.order),
            payment_gate_met(fo.order),
            may_move(request.user, "fulfilment", "dispatch"),
        )
        if r
    ]
    lines = list(fo.lines.select_related("product", "line"))
    lines = [row for row in lines if row.qty] or lines  # not those whose units all went into another parcel
    context = {
        "fo": fo, "here": "dispatch", "lines": lines, "refused": closed,
        "why": why_here(fo.order.number, dict(fo.order.lines.values_list("product_id", "sku")), led=_led(fo, lines)),
        "carriers": Carrier.objects.filter(is_active=True), "shipments": fo.shipments.select_related("carrier"),
        "label": fo.shipments.select_related("carrier").filter(status__in=AT_DOOR).first(),
        "can_work": request.user.can("fulfilment.work"), "back": selectors.to_put_back(fo),
    }  # fmt: skip
    return render(request, "fulfilment/work.html", context)


def _station(request: HttpRequest, fo: FulfilmentOrder, kind: str) -> dict[str, Any]:
    lines = selectors.tally(fo)
    counted, asked = sum(t.done for t in lines), sum(t.asked for t in lines)
    return {
        "fo": fo, "order": fo.order, "tally": lines, "counted": counted, "asked": asked, "left": asked - counted, "here": kind,
        "percent": round(100 * counted / asked) if asked else 0, "reasons": ShortReason.choices,
        "then": unclaimed(selectors.waiting(request.user, kind, fo.location.code)).exclude(pk=fo.pk).first(),
        "refused": no_blocking_hold(fo.order), "doubt": selectors.in_doubt(fo), "back": selectors.to_put_back(fo),
        "why": why_here(
            fo.order.number, {t.piece.product.pk: t.piece.product.sku for t in lines},
            led=_led(fo, [t.piece.row for t in lines]),
        ),
    }  # fmt: skip


def _led(fo: FulfilmentOrder, lines: list[FulfilmentOrderLine]) -> tuple[str, set[int]]:
    return fo.location.code, {row.line_id for row in lines}


def _table(fo: FulfilmentOrder) -> dict[str, Any]:
    """What only the packing table shows: the last scans, the parcel, and which of how many it is."""
    scans = list(fo.scans.all()[:6])
    for shot in scans:
        shot.tone = "" if shot.undone_at else TONES[shot.verdict]
    which, of = selectors.parcels_of(fo)
    last = scans[0] if scans and not scans[0].undone_at else None
    expected = selectors.expected_grams(fo)
    return {
        "scans": scans, "last": last, "which": which, "of": of, "boxes": BoxSize.choices,
        "kg": f"{fo.weight_grams / 1000:.3f}".rstrip("0").rstrip(".") if fo.weight_grams else "",
        "expected": f"{expected / 1000:.2f}" if expected else "", "can_undo": any(not s.undone_at and s.fo_line_id for s in scans),
    }  # fmt: skip


@step_of("fulfilment:work", "number")
@needs("fulfilment.work")
def step(request: HttpRequest, number: str) -> HttpResponse:
    """Make one step of the work and come back to its page, or go on to the next piece when this one is finished."""
    fo = find(request, number)
    name = request.POST.get("step", "")
    with shown_as_message(request):
        if name not in POLICY:
            raise Refused("step_unknown", "Use one of the buttons on the page.")
        require_may(request.user, "fulfilment", POLICY[name])
        made = retrying()(make)(number, name, request.POST, request.user)
        if made.said:  # a unit taken is put back with the work, not by itself
            undo = "" if name == "take" else way_back(fo.order.number, request.user)
            messages.success(request, made.said, extra_tags=undo)
        if name == "finish-pack":
            return _next_parcel(request, fo.location.code)
        lengthen(FulfilmentOrder.objects.filter(pk=fo.pk), request.user)
        return redirect("fulfilment:work", made.work)
    return redirect("fulfilment:work", number)


def _next_parcel(request: HttpRequest, location: str) -> HttpResponse:
    """The next one for the same table, which is then nobody else's; the dispatch queue when there is none."""
    try:
        then = retrying()(take_next)("pack", location=location, actor=request.user)
    except Refused:
        return redirect("fulfilment:dispatch-queue")
    return redirect("fulfilment:work", then.number)
