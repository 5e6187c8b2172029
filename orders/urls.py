"""Addresses of this app."""

from django.urls import URLPattern, path

from orders.views import board, bulk, claim, detail, edit, listing, new, paste, saved, search, work

app_name = "orders"
urlpatterns: list[URLPattern] = [
    path("", listing.OrderList.as_view(), name="list"),
    path("search/", search.search_page, name="search"),
    path("board/", board.OrderBoard.as_view(), name="board"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("take/", claim.take, name="take"),
    path("views/", saved.views, name="views"),
    path("views/<int:pk>/", saved.view, name="view"),
    path("views/<int:pk>/removal/", saved.removal, name="view-removal"),
    path("new/", new.new, name="new"),
    path("paste/", paste.paste, name="paste"),
    path("<str:number>/", detail.detail, name="detail"),
    path("<str:number>/confirmation/", work.confirmation, name="confirmation"),
    path("<str:number>/edit/", edit.edit, name="edit"),
    path("<str:number>/history/", detail.history, name="history"),
    path("<str:number>/remainder/", work.remainder, name="remainder"),
    path("<str:number>/reopening/", work.reopening, name="reopening"),
    path("<str:number>/release/", work.release, name="release"),
    path("<str:number>/closure/", work.closure, name="closure"),
    path("<str:number>/cancellation/", work.cancellation, name="cancellation"),
    path("<str:number>/holds/", work.holds, name="holds"),
    path("<str:number>/holds/<int:hold_id>/clearance/", work.hold_clearance, name="hold-clearance"),
    path("<str:number>/check/", work.check, name="check"),
    path("<str:number>/approval/", work.approval, name="approval"),
    path("<str:number>/sub-stage/", work.sub_stage, name="sub-stage"),
    path("<str:number>/notes/", work.notes, name="notes"),
    path("<str:number>/claim/", claim.claim, name="claim"),
    path("<str:number>/assignment/", work.assignment, name="assignment"),
]
