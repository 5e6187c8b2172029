"""Products and places."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from inventory.models import FreightRate, Location, Product


@admin.register(Product)
class ProductAdmin(SimpleHistoryAdmin):
    list_display = ("sku", "name", "barcode", "price", "currency", "is_active", "is_placeholder")
    search_fields = ("sku", "name", "barcode")
    list_filter = ("is_active", "is_placeholder")


class FreightInline(admin.TabularInline):
    """What a parcel costs from here, by the beginning of the postal code; the rule “cheapest freight” goes by it."""

    model = FreightRate
    extra = 1


@admin.register(Location)
class LocationAdmin(SimpleHistoryAdmin):
    inlines = (FreightInline,)
    list_display = ("name", "code", "kind", "city", "country", "rank", "is_active")
