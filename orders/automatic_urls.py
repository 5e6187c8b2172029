"""Addresses of the automatic steps."""

from django.urls import path

from orders.views import automatic

app_name = "automatic"
urlpatterns = [
    path("", automatic.steps_page, name="steps"),
    path("<int:pk>/mode/", automatic.mode, name="mode"),
]
