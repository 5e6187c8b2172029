"""Addresses of purchasing."""

from django.urls import path

from inventory.views import drop_shipping, purchase_moves, purchases, receiving, suggestions, suppliers
from inventory.views.purchase_lists import PurchaseList

app_name = "purchases"
urlpatterns = [
    path("", PurchaseList.as_view(), name="list"),
    path("new/", purchases.new, name="new"),
    path("suggestions/", suggestions.suggested, name="suggestions"),
    path("suppliers/", suppliers.supplier_list, name="suppliers"),
    path("suppliers/new/", suppliers.new, name="supplier-new"),
    path("suppliers/<slug:code>/sends/", drop_shipping.drop_shipping, name="drop-shipping"),
    path("suppliers/<slug:code>/", suppliers.edit, name="supplier"),
    path("<str:number>/", purchases.detail, name="detail"),
    path("<str:number>/edit/", purchases.edit, name="edit"),
    path("<str:number>/pdf/", purchases.pdf, name="pdf"),
    path("<str:number>/sending/", purchase_moves.sending, name="sending"),
    path("<str:number>/days/", purchase_moves.days, name="days"),
    path("<str:number>/cut/", purchase_moves.cut, name="cut"),
    path("<str:number>/closing/", purchase_moves.closing, name="closing"),
    path("<str:number>/cancellation/", purchase_moves.cancellation, name="cancellation"),
    path("<str:number>/receiving/", receiving.station, name="receiving"),
    path("<str:number>/count/", receiving.step, name="count"),
]
