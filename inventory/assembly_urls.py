"""Addresses of assemblies."""

from django.urls import path

from inventory.views import assemblies

app_name = "assemblies"
urlpatterns = [
    path("", assemblies.AssemblyList.as_view(), name="list"),
    path("new/", assemblies.new, name="new"),
    path("<str:number>/", assemblies.detail, name="detail"),
    path("<str:number>/moves/", assemblies.move, name="moves"),
]
