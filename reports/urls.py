"""Addresses of reports."""

from django.urls import path

from reports.views import report, report_list

app_name = "reports"
urlpatterns = [path("", report_list, name="list"), path("<slug:key>/", report, name="show")]
