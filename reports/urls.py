"""Addresses of reports."""

from django.urls import path

from reports.views import report_list

app_name = "reports"
urlpatterns = [path("", report_list, name="list")]
