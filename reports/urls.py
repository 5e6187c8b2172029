"""Addresses of reports."""

from django.urls import path

from reports.views import report, report_list, stays_page

app_name = "reports"
urlpatterns = [
    path("", report_list, name="list"),
    path("stays/", stays_page, name="stays"),
    path("<slug:key>/", report, name="show"),
]
