"""Parcels: the list, and one parcel with its moves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fulfilment.filters import ShipmentFilter
from fulfilment.models import Shipment
from fulfilment.parcel_moves import make, offers, policy
from fulfilment.states import AT_DOOR, CLAIM_OPEN, COMING_BACK, ON_ROAD
from fulfilment.states import ShipmentStatus as S
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.db import retrying
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView
from oms.ui.lost import Lost
from orders.policies import require_may


class ShipmentList(ListPage):
    queryset = Shipment.objects.all()
    name, nouns = "shipments", ("shipment", "shipments")
    template_name, fragment_name = "fulfilment/shipment_list.html", "fulfilment/_shipments.html"
    permission, export_permission = "fulfilment.view", "orders.export"
    filterset_class = ShipmentFilter
    views = (
        SavedView(
            "road", "On the road", lambda rows, user: rows.filter(status__in=ON_ROAD, is_historical=False),
            empty="Nothing is on the road", empty_why="A parcel appears here when it is dispatched.",
        ),
        SavedView(
            "attention", "Needs an answer", lambda rows, user: rows.filter(status__in=(S.ATTEMPT_FAILED, S.DELAYED)),
            tone="late", sort="answer", empty="No parcel needs an answer",
            empty_why="A parcel appears here when nobody took it or the carrier is late with it.",
        ),
        SavedView("door", "At our door", lambda rows, user: rows.filter(status__in=AT_DOOR), empty="No label waits"),
        SavedView("back", "Coming back", lambda rows, user: rows.filter(status__in=COMING_BACK), empty="Nothing comes back"),
        SavedView(
            "claims", "Claims on carriers", lambda rows, user: rows.filter(loss__status__in=CLAIM_OPEN),
            empty="No claim is open", empty_why="A parcel appears here when it is lost or destroyed with a carrier.",
        ),
        SavedView("all", "All", empty="No shipments yet", empty_why="Dispatch a packed order to make the first."),
    )  # fmt: skip
    sorts = {
        "newest": Sort("newest first", ("-created_at",), back="Newer", on="Older"),
        "answer": Sort("soonest deadline first", ("answer_by",), frozenset({"answer_by"}), "Sooner", "Later"),
        "oldest": Sort("oldest first", ("created_at",), back="Older", on="Newer"),
    }
    columns = (
        Column("Shipment", lambda s: s.number), Column("Order", lambda s: s.order.number),
        Column("Customer", lambda s: s.order.customer_name), Column("State", lambda s: s.get_status_display()),
        Column("Carrier", lambda s: s.carrier.name if s.carrier else ""),
        Column("Tracking number", lambda s: s.tracking_number), Column("Dispatched", lambda s: s.dispatched_at),
        Column("Delivered", lambda s: s.delivered_at), Column("Answer by", lambda s: s.answer_by),
        Column("Claim", lambda s: s.claim.get_status_display() if s.claim else ""),
        Column("Claim by", lambda s: s.claim.claim_by if s.claim else None),
        Column("Claimed", lambda s: s.claim.claimed if s.claim else None),
    )  # fmt: skip

    def prefetch(self, rows):
        return rows.select_related("order", "carrier", "loss", "fulfilment_order__ship_to")

    def context(self, request, *, part):
        return super().context(request, part=part) | {"here": "dispatch"}


@require_GET
@needs("fulfilment.view")
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    row = find(request, number)
    every = offers(row, request.user)
    context = {
        "shipment": row, "here": "dispatch", "open": [o for o in every if not o.reason],
        "closed": [o for o in every if o.reason], "lines": row.lines.select_related("line"),
        "history": row.tracking_events.all()[:200], "track_url": row.track_url,
    }  # fmt: skip
    return render(request, "fulfilment/shipment.html", context)


@step_of("fulfilment:shipment", "number")
@needs("fulfilment.track")
def shipment_move(request: HttpRequest, number: str) -> HttpResponse:
    find(request, number)
    move, text = request.POST.get("move", ""), request.POST.get("reason", "").replace("\x00", "")
    with shown_as_message(request, "Noted."):
        require_may(request.user, *policy(move))
        retrying()(make)(number, move, text, request.user)
    return redirect("fulfilment:shipment", number)


def find(request: HttpRequest, number: str) -> Shipment:
    rows = Shipment.objects.visible_to(request.user).select_related(
        "order", "carrier", "loss", "fulfilment_order__location", "fulfilment_order__ship_to"
    )
    row = rows.filter(number=number).first()
    if row is None:
        raise Lost(f"No shipment {number[:60]}", search=number[:60])
    return row
