"""Addresses of standing orders."""

from django.urls import URLPattern, path

from orders.views import recurring

app_name = "standing"
urlpatterns: list[URLPattern] = [
    path("", recurring.RecurringList.as_view(), name="list"),
    path("new/", recurring.new, name="new"),
    path("<str:number>/", recurring.detail, name="detail"),
    path("<str:number>/edit/", recurring.edit, name="edit"),
    path("<str:number>/moves/", recurring.moves, name="moves"),
    path("<str:number>/days/<str:day>/", recurring.run, name="run"),
    path("<str:number>/days/<str:day>/skip/", recurring.skip, name="skip"),
]
