"""Addresses of what channels are told of their stock."""

from django.urls import path

from orders.views import telling

app_name = "telling"
urlpatterns = [
    path("", telling.channels, name="channels"),
    path("<slug:code>/", telling.FigureList.as_view(), name="figures"),
    path("<slug:code>/file.csv", telling.file, name="file"),
    path("<slug:code>/again/", telling.again, name="again"),
]
