"""Products and places."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from inventory.models import Location, Product


@admin.register(Product)
class ProductAdmin(SimpleHistoryAdmin):
    list_display = ("sku", "name", "barcode", "price", "currency", "is_active", "is_placeholder")
    search_fields = ("sku", "name", "barcode")
    list_filter = ("is_active", "is_placeholder")


@admin.register(Location)
class LocationAdmin(SimpleHistoryAdmin):
    list_display = ("name", "code", "kind", "city", "country", "rank", "is_active")
