"""The address of the top bar's search and of the command bar: one line, read the same way."""

from django.urls import path

from orders.views.go import go
from orders.views.search import search_page

urlpatterns = [path("search/", search_page, name="search"), path("go/", go, name="go")]
