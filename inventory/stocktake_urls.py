"""Addresses of stocktakes."""

from django.urls import path

from inventory.views import stocktakes

app_name = "stocktakes"
urlpatterns = [
    path("", stocktakes.StocktakeList.as_view(), name="list"),
    path("new/", stocktakes.new, name="new"),
    path("<str:number>/", stocktakes.detail, name="detail"),
    path("<str:number>/station/", stocktakes.station, name="station"),
    path("<str:number>/step/", stocktakes.step, name="step"),
    path("<str:number>/decision/", stocktakes.decision, name="decision"),
    path("<str:number>/differences/", stocktakes.differences, name="differences"),
]
