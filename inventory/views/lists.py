"""The lists of stock levels, and of the movements of one SKU."""

from typing import Any

from django.shortcuts import get_object_or_404

from inventory.filters import MovementFilter, StockFilter
from inventory.models import Product, StockCount, StockLevel, StockMovement, Stocktake
from inventory.waiting import waiting_at
from oms.ui.keyset import Sort
from oms.ui.listpage import Column, ListPage, SavedView


class StockList(ListPage):
    queryset = StockLevel.objects.all()
    name, nouns = "stock", ("level", "levels")
    template_name, fragment_name = "inventory/stock_list.html", "inventory/_levels.html"
    permission = "inventory.view"
    export_permission = "inventory.view"
    filterset_class = StockFilter
    views = (
        SavedView("all", "All", empty="No stock found", empty_why="Try fewer words, or receive stock of a SKU."),
        SavedView(
            "low", "Below safety", lambda rows, user: rows.low(), sort="available", tone="late",
            empty="Nothing is below its safety stock", empty_why="Set a safety stock on the page of a SKU.",
        ),
        SavedView("none", "None available", lambda rows, user: rows.none_available(), empty="Everything is available"),
        SavedView(
            "waiting", "Back-ordered", lambda rows, user: rows.with_waiting_orders(), tone="late",
            empty="No order waits for stock",
        ),
        SavedView(
            "quarantine", "Quarantine", lambda rows, user: rows.in_quarantine(), empty="Nothing is in quarantine",
            empty_why="Returned goods wait there until they are inspected.",
        ),
    )  # fmt: skip
    sorts = {
        "sku": Sort("by SKU", ("product__sku", "location__code")),
        "available": Sort("least available first", ("available",), back="Less", on="More"),
    }
    # The first three are what import_stock reads: an export, corrected, goes back in.
    columns = (
        Column("SKU", lambda s: s.product.sku),
        Column("Location", lambda s: s.location.code),
        Column("On hand", lambda s: s.on_hand),
        Column("Name", lambda s: s.product.name),
        Column("Barcode", lambda s: s.product.barcode),
        Column("Reserved", lambda s: s.reserved),
        Column("Allocated", lambda s: s.allocated),
        Column("Available", lambda s: s.available),
        Column("Quarantined", lambda s: s.quarantined),
        Column("Damaged", lambda s: s.damaged),
        Column("Safety stock", lambda s: s.safety_stock),
        Column("Back-ordered, whole SKU", lambda s: s.backordered),
        Column("On its way", lambda s: s.incoming),
    )

    def prefetch(self, rows):
        # Not joined: sorting by what is available would join all rows before it takes the first fifty.
        return rows.prefetch_related("product", "location").counted()

    def shown(self, rows):
        return rows.prefetch_related("product", "location")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        waits = waiting_at({level.product_id for level in rows})
        wanted = {product for (product, _), units in waits.items() if units.alone}
        for level in rows:
            here = waits.get((level.product_id, level.location_id))
            level.waiting = here.lacking(level.available) if here else 0
            level.waits_elsewhere = level.product_id in wanted and here is None
        return {
            "stocktakes": Stocktake.objects.visible_to(self.request.user).under_way().count(),
            "counts_waiting": StockCount.objects.visible_to(self.request.user).waiting().count(),
            "may_import": self.request.user.can("inventory.import"),
        }


class MovementList(ListPage):
    """Everything that ever changed one SKU, newest first."""

    queryset = StockMovement.objects.all()
    name, nouns = "movements", ("movement", "movements")
    template_name, fragment_name = "inventory/movement_list.html", "inventory/_movements.html"
    permission = "inventory.view"
    export_permission = "inventory.view"
    filterset_class = MovementFilter
    views = (SavedView("all", "All", empty="Nothing has moved yet"),)
    sorts = {"newest": Sort("newest first", ("-id",), back="Newer", on="Older")}
    columns = (
        Column("At", lambda m: m.at),
        Column("SKU", lambda m: m.product.sku),
        Column("Location", lambda m: m.location.code),
        Column("Kind", lambda m: m.get_kind_display()),
        Column("On hand", lambda m: m.on_hand),
        Column("Quarantined", lambda m: m.quarantined),
        Column("Damaged", lambda m: m.damaged),
        Column("Reason", lambda m: m.reason),
        Column("Document", lambda m: m.source),
        Column("By", lambda m: m.actor_name),
    )

    def base(self, request):
        self.product = get_object_or_404(Product, pk=self.kwargs["pk"])
        return super().base(request).filter(product=self.product)

    def prefetch(self, rows):
        return rows.select_related("product", "location")

    def extra(self, rows: list[Any]) -> dict[str, Any]:
        return {"product": self.product, "here": "stock"}
