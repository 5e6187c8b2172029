"""Puts our set-up pages in the place of Django's admin."""

from django.contrib.admin.apps import AdminConfig


class SetUpConfig(AdminConfig):
    default_site = "oms.access.site.SetUpSite"
