"""The address open pages ask."""

from django.urls import path

from oms.live.views import live

urlpatterns = [path("", live, name="live")]
