"""The address of the top bar's search."""

from django.urls import path

from orders.views.search import search_page as search

urlpatterns = [path("", search, name="search")]
