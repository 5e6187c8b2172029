"""Addresses of this app."""

from django.urls import path

from payments.views import payments, refunds
from payments.views.lists import PaymentList, RefundList

app_name = "payments"
urlpatterns = [
    path("", PaymentList.as_view(), name="list"),
    path("record/<str:order_number>/", payments.record, name="record"),
    path("refunds/", RefundList.as_view(), name="refunds"),
    path("refunds/new/<str:order_number>/", refunds.new, name="refund-new"),
    path("refunds/<str:number>/", refunds.refund, name="refund"),
    path("refunds/<str:number>/decision/", refunds.decision, name="refund-decision"),
    path("refunds/<str:number>/sending/", refunds.sending, name="refund-sending"),
    path("refunds/<str:number>/outcome/", refunds.outcome, name="refund-outcome"),
    path("<str:number>/", payments.payment, name="payment"),
    path("<str:number>/verification/", payments.verification, name="verification"),
    path("<str:number>/receipt/", payments.receipt, name="receipt"),
    path("<str:number>/collection/", payments.collection, name="collection"),
    path("<str:number>/ending/", payments.ending, name="ending"),
    path("<str:number>/dispute/", payments.dispute, name="dispute"),
]
