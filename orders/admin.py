"""What admins configure about the desk."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from orders.models import CancelReason, Channel, HoldReason, MovePolicy, SavedView, Stage, SubStage


class FixedRows(SimpleHistoryAdmin):
    """Rows whose keys the program knows: their words change, the rows stay."""

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Stage)
class StageAdmin(FixedRows):
    list_display = ("key", "label", "tone", "owner_team", "sla_minutes", "customer_label")
    readonly_fields = ("key",)
    ordering = ("position",)


@admin.register(MovePolicy)
class MovePolicyAdmin(FixedRows):
    list_display = ("machine", "move", "roles", "reason_required")
    readonly_fields = ("machine", "move")


@admin.register(Channel)
class ChannelAdmin(SimpleHistoryAdmin):
    list_display = ("name", "code", "kind", "currency", "confirmation_basis", "advance_percent", "is_active")


@admin.register(SubStage)
class SubStageAdmin(SimpleHistoryAdmin):
    list_display = ("label", "stage", "owner_team", "is_active")


@admin.register(HoldReason)
class HoldReasonAdmin(SimpleHistoryAdmin):
    list_display = ("label", "clear_step", "owner_team", "is_active")


@admin.register(CancelReason)
class CancelReasonAdmin(SimpleHistoryAdmin):
    list_display = ("label", "key", "is_active")


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    list_display = ("name", "key", "owner", "is_shared")
