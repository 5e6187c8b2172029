"""Addresses of the customers."""

from django.urls import URLPattern, path

from orders.customers.cards import ADDRESS, CONTACT
from orders.views import customer_cards, customer_merge, customer_record, privacy
from orders.views.customers import CustomerList, CustomerOrders, purchase_orders

app_name = "customers"
urlpatterns: list[URLPattern] = [
    path("", CustomerList.as_view(), name="list"),
    path("<int:pk>/", CustomerOrders.as_view(), name="detail"),
    path("<int:pk>/purchase-orders/", purchase_orders, name="purchase-orders"),
    path("<int:pk>/change/", customer_record.change, name="record"),
    path("<int:pk>/history/", customer_cards.past, name="past"),
    path("<int:pk>/addresses/new/", customer_cards.new, {"kind": ADDRESS}, name="address-new"),
    path("<int:pk>/addresses/<int:card_pk>/", customer_cards.change, {"kind": ADDRESS}, name="address"),
    path(
        "<int:pk>/addresses/<int:card_pk>/retirement/",
        customer_cards.retirement,
        {"kind": ADDRESS},
        name="address-retirement",
    ),
    path("<int:pk>/contacts/new/", customer_cards.new, {"kind": CONTACT}, name="contact-new"),
    path("<int:pk>/contacts/<int:card_pk>/", customer_cards.change, {"kind": CONTACT}, name="contact"),
    path(
        "<int:pk>/contacts/<int:card_pk>/retirement/",
        customer_cards.retirement,
        {"kind": CONTACT},
        name="contact-retirement",
    ),
    path("<int:pk>/merge/", customer_merge.merge, name="merge"),
    path("<int:pk>/merges/<int:merge_pk>/", customer_merge.merged, name="merged"),
    path("<int:pk>/apart/", customer_merge.apart, name="apart"),
    path("<int:pk>/erasure/", privacy.erasure, name="erasure"),
    path("<int:pk>/everything/", privacy.all_of_it, name="everything"),
]
