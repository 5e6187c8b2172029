"""Products, places and suppliers."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from inventory.models import FreightRate, Location, Product, Supplier, Transfer, TransferLine


@admin.register(Product)
class ProductAdmin(SimpleHistoryAdmin):
    list_display = ("sku", "name", "barcode", "price", "currency", "is_active", "is_placeholder")
    search_fields = ("sku", "name", "barcode")
    list_filter = ("kind", "is_active", "is_placeholder", "plans_itself")
    readonly_fields = ("kind",)  # follows the components, which are given on the page of the SKU


class FreightInline(admin.TabularInline):
    """What a parcel costs from here, by the beginning of the postal code; the rule “cheapest freight” goes by it."""

    model = FreightRate
    extra = 1


@admin.register(Location)
class LocationAdmin(SimpleHistoryAdmin):
    inlines = (FreightInline,)
    list_display = ("name", "code", "kind", "city", "country", "rank", "is_active")


@admin.register(Supplier)
class SupplierAdmin(SimpleHistoryAdmin):
    list_display = ("name", "code", "currency", "lead_days", "minimum", "over_percent", "is_active")
    search_fields = ("name", "code", "email")

    def get_readonly_fields(self, request, obj=None):
        return ("code",) if obj else ()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class TransferLineInline(admin.TabularInline):
    model = TransferLine
    can_delete = False
    extra = 0

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Transfer)
class TransferAdmin(admin.ModelAdmin):
    """To look up: only the actions write, because every line is stock on the road."""

    inlines = (TransferLineInline,)
    list_display = ("number", "source", "location", "status", "eta", "sent_at", "ended_at")
    list_filter = ("status",)
    list_select_related = ("source", "location")
    search_fields = ("number",)

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
