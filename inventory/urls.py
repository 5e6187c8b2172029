"""Addresses of this app."""

from django.urls import path

from inventory.views import alerts, card, counts, kits
from inventory.views.lists import MovementList, StockList
from inventory.views.offer import offer

app_name = "inventory"
urlpatterns = [
    path("", StockList.as_view(), name="stock"),
    path("offer/", offer, name="offer"),
    path("alerts/", alerts.AlertList.as_view(), name="alerts"),
    path("alerts/<int:pk>/", alerts.look_after, name="alert"),
    path("alerts/watching/", alerts.watching, name="watching"),
    path("counts/", counts.StockCountList.as_view(), name="counts"),
    path("counts/<int:pk>/", counts.decision, name="count-decision"),
    path("kits/", kits.kits, name="kits"),
    path("<int:pk>/components/", kits.components, name="components"),
    path("<int:pk>/", card.product, name="product"),
    path("<int:pk>/movements/", MovementList.as_view(), name="movements"),
    *(path(f"<int:pk>/{what}/", card.act, {"what": what}, name=what) for what in card.ACTS),
]
