"""What admins configure about the desk."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from orders.models import (
    ApprovalRule,
    BlockedEntry,
    CancelReason,
    Channel,
    ChatAlias,
    CheckRule,
    HoldReason,
    MovePolicy,
    SavedView,
    Stage,
    SubStage,
)


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


@admin.register(CheckRule)
class CheckRuleAdmin(FixedRows):
    list_display = ("label", "is_on", "reason", "owner_team", "decide_within_hours", "window_hours", "max_orders")
    list_editable = ("is_on",)
    readonly_fields = ("key",)


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(SimpleHistoryAdmin):
    list_display = ("currency", "approve_from", "cod_up_to")


@admin.register(BlockedEntry)
class BlockedEntryAdmin(SimpleHistoryAdmin):
    list_display = ("kind", "value", "note", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("value", "match")


@admin.register(ChatAlias)
class ChatAliasAdmin(SimpleHistoryAdmin):
    """What corrections of pasted messages taught; a wrong one is deleted here."""

    list_display = ("words", "product", "customer", "taught_by", "updated_at")
    search_fields = ("words", "product__sku", "product__name", "customer__name")
    list_select_related = ("product", "customer")
    autocomplete_fields = ("product",)
    raw_id_fields = ("customer",)
