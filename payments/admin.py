"""Refund limits in the admin site; payments and refunds change only through their moves."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from payments.models import RefundPolicy


@admin.register(RefundPolicy)
class RefundPolicyAdmin(SimpleHistoryAdmin):
    list_display = ("currency", "limit")
