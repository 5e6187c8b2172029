"""Addresses of blanket orders."""

from django.urls import URLPattern, path

from orders.views import blanket

app_name = "blanket"
urlpatterns: list[URLPattern] = [
    path("", blanket.BlanketList.as_view(), name="list"),
    path("new/", blanket.new, name="new"),
    path("<str:number>/", blanket.detail, name="detail"),
    path("<str:number>/edit/", blanket.edit, name="edit"),
    path("<str:number>/moves/", blanket.moves, name="moves"),
    path("<str:number>/release/", blanket.release, name="release"),
]
