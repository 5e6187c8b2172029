"""The home of each role, at the root."""

from django.urls import path

from reports.views import home

urlpatterns = [path("", home, name="home")]
