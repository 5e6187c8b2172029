"""Return reasons in the admin site; returns themselves change only through their moves."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from returns.models import ReturnReason


@admin.register(ReturnReason)
class ReturnReasonAdmin(SimpleHistoryAdmin):
    list_display = ("label", "key", "is_our_fault", "is_active", "position")
    list_editable = ("position",)

    def get_readonly_fields(self, request, obj=None):
        return ("key",) if obj else ()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
