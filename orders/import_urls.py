"""Addresses of file imports."""

from django.urls import path

from orders.views import clinic, imports

app_name = "imports"
urlpatterns = [
    path("", imports.imports, name="list"),
    path("template.csv", imports.template, name="template"),
    path("rows/<int:pk>/", clinic.row, name="row"),
    path("<str:number>/", imports.detail, name="detail"),
    path("<str:number>/application/", imports.application, name="application"),
    path("<str:number>/check/", imports.check, name="check"),
    path("<str:number>/stop/", imports.stop, name="stop"),
    path("<str:number>/rejects.csv", imports.rejects, name="rejects"),
    path("<str:number>/columns/", clinic.columns, name="columns"),
    path("<str:number>/fixes/", clinic.fixes, name="fixes"),
    path("<str:number>/undo/", clinic.undo, name="undo"),
]
