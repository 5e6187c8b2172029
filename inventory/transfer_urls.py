"""Addresses of transfers between our own places."""

from django.urls import path

from inventory.views import transfer_moves, transfers
from inventory.views.transfer_lists import TransferList

app_name = "transfers"
urlpatterns = [
    path("", TransferList.as_view(), name="list"),
    path("new/", transfers.new, name="new"),
    path("<str:number>/", transfers.detail, name="detail"),
    path("<str:number>/edit/", transfers.edit, name="edit"),
    path("<str:number>/sending/", transfer_moves.sending, name="sending"),
    path("<str:number>/day/", transfer_moves.day, name="day"),
    path("<str:number>/closing/", transfer_moves.closing, name="closing"),
    path("<str:number>/cancellation/", transfer_moves.cancellation, name="cancellation"),
    path("<str:number>/recall/", transfer_moves.recall, name="recall"),
    path("<str:number>/pdf/", transfers.pdf, name="pdf"),
    path("<str:number>/receiving/", transfer_moves.station, name="receiving"),
    path("<str:number>/count/", transfer_moves.step, name="count"),
]
