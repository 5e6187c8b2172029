"""The home of each role, at the root."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
