"""Addresses of webhooks."""

from django.urls import path

from oms.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.DeliveryList.as_view(), name="list"),
    path("replay/", views.replaying, name="replay"),
]
