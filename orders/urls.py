"""Addresses of this app."""

from django.urls import URLPattern, path

from orders.views import detail, listing, search, work

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", listing.OrderList.as_view(), name="list"),
    path("search/", search.search_page, name="search"),
    path("bulk/", work.bulk, name="bulk"),
    path("<str:number>/", detail.detail, name="detail"),
    path("<str:number>/confirmation/", work.confirmation, name="confirmation"),
    path("<str:number>/history/", detail.history, name="history"),
    path("<str:number>/remainder/", work.remainder, name="remainder"),
    path("<str:number>/reopening/", work.reopening, name="reopening"),
    path("<str:number>/release/", work.release, name="release"),
    path("<str:number>/closure/", work.closure, name="closure"),
    path("<str:number>/cancellation/", work.cancellation, name="cancellation"),
    path("<str:number>/holds/", work.holds, name="holds"),
    path("<str:number>/holds/<int:hold_id>/clearance/", work.hold_clearance, name="hold-clearance"),
    path("<str:number>/notes/", work.notes, name="notes"),
    path("<str:number>/assignment/", work.assignment, name="assignment"),
]
