"""Addresses of this app."""

from django.urls import path

from returns.views import moves, pages
from returns.views.lists import ReturnList

app_name = "returns"
urlpatterns = [
    path("", ReturnList.as_view(), name="list"),
    path("new/<str:order_number>/", pages.new, name="new"),
    path("<str:number>/", pages.detail, name="detail"),
    path("<str:number>/decision/", moves.decision, name="decision"),
    path("<str:number>/transit/", moves.transit, name="transit"),
    path("<str:number>/receipt/", moves.receipt, name="receipt"),
    path("<str:number>/inspection/", moves.inspection, name="inspection"),
    path("<str:number>/quarantine/", moves.quarantine, name="quarantine"),
    path("<str:number>/settlement/", moves.settlement, name="settlement"),
    path("<str:number>/closing/", moves.closing, name="closing"),
    path("<str:number>/cancellation/", moves.cancellation, name="cancellation"),
    path("<str:number>/reopening/", moves.reopening, name="reopening"),
]
