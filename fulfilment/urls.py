"""Addresses of this app."""

from django.urls import path

from fulfilment.views import pages

app_name = "fulfilment"
urlpatterns = [
    path("pick/", pages.queue, {"kind": "pick"}, name="pick-queue"),
    path("pack/", pages.queue, {"kind": "pack"}, name="pack-queue"),
    path("dispatch/", pages.queue, {"kind": "dispatch"}, name="dispatch-queue"),
    path("shipments/", pages.shipments, name="shipments"),
    path("shipments/<str:number>/", pages.shipment, name="shipment"),
    path("shipments/<str:number>/moves/", pages.shipment_move, name="shipment-moves"),
    path("<str:number>/", pages.work, name="work"),
    path("<str:number>/steps/", pages.step, name="steps"),
]
