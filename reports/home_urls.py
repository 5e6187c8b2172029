"""The home of each role, at the root."""

from django.urls import path

from reports.views import home, since_you_left

urlpatterns = [path("", home, name="home"), path("since/", since_you_left, name="handover")]
