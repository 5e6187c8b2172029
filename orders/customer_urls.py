"""Addresses of the customers."""

from django.urls import URLPattern, path

from orders.views import privacy
from orders.views.customers import CustomerList, CustomerOrders, purchase_orders

app_name = "customers"
urlpatterns: list[URLPattern] = [
    path("", CustomerList.as_view(), name="list"),
    path("<int:pk>/", CustomerOrders.as_view(), name="detail"),
    path("<int:pk>/purchase-orders/", purchase_orders, name="purchase-orders"),
    path("<int:pk>/erasure/", privacy.erasure, name="erasure"),
    path("<int:pk>/everything/", privacy.all_of_it, name="everything"),
]
