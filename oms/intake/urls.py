"""Addresses of the inbox."""

from django.urls import path

from oms.intake import views

app_name = "intake"
urlpatterns = [path("", views.inbox, name="inbox"), path("replay/", views.replaying, name="replay")]
