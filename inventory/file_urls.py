"""Addresses of files of products and stock."""

from django.urls import path

from inventory.views import files

app_name = "stockfiles"
urlpatterns = [
    path("", files.files, name="list"),
    path("products.csv", files.products, name="products"),
    path("<str:number>/", files.detail, name="detail"),
    path("<str:number>/application/", files.application, name="application"),
    path("<str:number>/check/", files.check, name="check"),
    path("<str:number>/fixes/", files.fixes, name="fixes"),
    path("<str:number>/rejects.csv", files.rejects, name="rejects"),
]
