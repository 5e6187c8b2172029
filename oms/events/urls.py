"""Addresses of this app."""

from django.urls import path

from oms.events import views

app_name = "events"
urlpatterns = [
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/replay/", views.replaying, name="replay"),
]
