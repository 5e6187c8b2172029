"""Queues, one piece of work, parcels: every move is a plain form post back to the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fulfilment.actions.dispatch import dispatch as dispatch_work
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.parcel import deliver, initiate_rto, lose, receive_rto, track
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.models import Carrier, FulfilmentOrder, Shipment
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.kernel.errors import Refused
from orders.policies import require_may

QUEUES = {"pick": ("Pick", ("open", "picking")), "pack": ("Pack", ("picked",)), "dispatch": ("Dispatch", ("packed",))}
POLICY = {"start": "pick", "take": "pick", "finish-pick": "pick", "scan": "pack", "undo": "pack", "finish-pack": "pack"}


@needs("fulfilment.view")
def queue(request: HttpRequest, kind: str) -> HttpResponse:
    title, states = QUEUES[kind]
    rows = FulfilmentOrder.objects.visible_to(request.user).filter(status__in=states, order__status="processing")
    rows = rows.select_related("order", "location").order_by("location__name", "created_at")[:200]
    return render(request, "fulfilment/queue.html", {"rows": rows, "title": title, "kind": kind})


@needs("fulfilment.view")
def work(request: HttpRequest, number: str) -> HttpResponse:
    fo = get_object_or_404(FulfilmentOrder.objects.visible_to(request.user), number=number)
    lines = fo.lines.select_related("product", "line")
    carriers = Carrier.objects.filter(is_active=True)
    return render(request, "fulfilment/work.html", {"fo": fo, "lines": lines, "carriers": carriers})


@require_POST
@needs("fulfilment.work")
def step(request: HttpRequest, number: str) -> HttpResponse:
    get_object_or_404(FulfilmentOrder.objects.visible_to(request.user), number=number)
    move, code = request.POST.get("step", ""), request.POST.get("code", "").strip()
    with shown_as_message(request, "Done."):
        require_may(request.user, "fulfilment", POLICY.get(move, "dispatch"))
        match move:
            case "start":
                start_pick(number, actor=request.user)
            case "take":
                qty = request.POST.get("qty", "1")
                pick_line(number, code=code, qty=int(qty) if qty.isdecimal() else 0, actor=request.user)
            case "finish-pick":
                finish_pick(number, actor=request.user)
            case "scan" | "undo":
                scan(number, code=code, undo=move == "undo", actor=request.user)
            case "finish-pack":
                finish_pack(number, actor=request.user)
            case "dispatch":
                tracking = request.POST.get("tracking_number", "")
                carrier = request.POST.get("carrier", "")
                dispatch_work(number, carrier=carrier, tracking_number=tracking, actor=request.user)
            case _:
                raise Refused("step_unknown", "Use one of the buttons on the page.")
    return redirect("fulfilment:work", number)


@needs("fulfilment.view")
def shipments(request: HttpRequest) -> HttpResponse:
    rows = Shipment.objects.visible_to(request.user).select_related("order", "carrier")[:200]
    return render(request, "fulfilment/shipments.html", {"rows": rows})


@needs("fulfilment.view")
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(Shipment.objects.visible_to(request.user), number=number)
    return render(request, "fulfilment/shipment.html", {"shipment": row})


@require_POST
@needs("fulfilment.work")
def shipment_move(request: HttpRequest, number: str) -> HttpResponse:
    get_object_or_404(Shipment.objects.visible_to(request.user), number=number)
    move, reason = request.POST.get("move", ""), request.POST.get("reason", "")
    with shown_as_message(request, "Noted."):
        require_may(request.user, "shipment", "deliver" if move == "deliver" else "track")
        match move:
            case "deliver":
                deliver(number, actor=request.user)
            case "lose":
                lose(number, reason=reason, actor=request.user)
            case "initiate_rto":
                initiate_rto(number, reason=reason, actor=request.user)
            case "receive_rto":
                receive_rto(number, actor=request.user)
            case _:
                track(number, move=move, text=reason, actor=request.user)
    return redirect("fulfilment:shipment", number)
