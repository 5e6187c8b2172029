"""Addresses of this app."""

from django.urls import path

from fulfilment.views import bulk, counts, losses, papers, queues, shipments, suppliers, work

app_name = "fulfilment"
urlpatterns = [
    path("pick/", queues.PickQueue.as_view(), name="pick-queue"),
    path("pick/next/", queues.next_work, {"kind": "pick"}, name="next-pick"),
    path("pack/next/", queues.next_work, {"kind": "pack"}, name="next-pack"),
    path("dispatch/next/", queues.next_work, {"kind": "dispatch"}, name="next-dispatch"),
    path("pack/", queues.PackQueue.as_view(), name="pack-queue"),
    path("dispatch/", queues.DispatchQueue.as_view(), name="dispatch-queue"),
    path("dispatch/bulk/", bulk.bulk_dispatch, name="bulk-dispatch"),
    path("counts/", counts.CountList.as_view(), name="counts"),
    path("counts/<int:pk>/", counts.answer, name="count"),
    path("suppliers/", suppliers.SupplierWork.as_view(), name="supplier-work"),
    path("shipments/", shipments.ShipmentList.as_view(), name="shipments"),
    path("shipments/<str:number>/", shipments.shipment, name="shipment"),
    path("shipments/<str:number>/moves/", shipments.shipment_move, name="shipment-moves"),
    path("shipments/<str:number>/loss/", losses.answer, name="loss"),
    path("shipments/<str:number>/claim/", losses.claim, name="loss-claim"),
    path("<str:number>/", work.work, name="work"),
    path("<str:number>/steps/", work.step, name="steps"),
    path("<str:number>/supplier/", suppliers.step, name="supplier-steps"),
    path("<str:number>/claim/", queues.claim, name="claim"),
    path("<str:number>/slip/", papers.slip, name="slip"),
    path("<str:number>/slip.pdf", papers.slip_pdf, name="slip-pdf"),
    path("<str:number>/pick-list.pdf", papers.pick_list_pdf, name="pick-list-pdf"),
]
