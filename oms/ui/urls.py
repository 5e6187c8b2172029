"""Help, settings, and the kit of components."""

from django.urls import path

from oms.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.keys, name="keys"),
    path("settings/", views.settings, name="settings"),
    path("kit/", views.kit, name="kit"),
]
