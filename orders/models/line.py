"""One line of an order: what, how many, at which frozen price, and how far each unit has come."""

from django.db import models
from django.db.models import F, Q

from inventory.models import Product
from oms.kernel.models import MoneyField

QTY_COLUMNS = (
    "qty_ordered", "qty_cancelled", "qty_reserved", "qty_allocated", "qty_backordered", "qty_picked", "qty_packed",
    "qty_dispatched", "qty_delivered", "qty_returning", "qty_rto", "qty_written_off", "qty_returned",
)  # fmt: skip


class OrderLine(models.Model):
    """Quantities in units, written only by orders/actions/progress.py after placement; money in the order's currency.

    reserved: soft-held; allocated: hard-held until dispatch (picked and packed are how far the allocated ones are);
    returning / rto: on the way back to origin / back at origin undelivered; written_off: lost or destroyed.
    """

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sku = models.CharField("SKU", max_length=80)
    name = models.CharField(max_length=255)
    external_id = models.CharField(max_length=80, blank=True)
    unit_price = MoneyField()
    discount = MoneyField(default=0)
    tax = MoneyField(default=0)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    total = MoneyField()
    # Empty: the order's own address. A line goes to one place; what goes elsewhere is a line of its own.
    ship_to = models.ForeignKey(
        "orders.OrderAddress", null=True, blank=True, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    is_channel_fulfilled = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)
    # Empty: ordered with the order. A trigger notes the birth of lines that an amendment added.
    amendment = models.ForeignKey(
        "orders.Amendment", null=True, blank=True, on_delete=models.PROTECT, related_name="added_lines", db_index=False
    )

    # Empty: not from another order. The same trigger notes the birth of lines that a merge brought.
    merged_from = models.ForeignKey(
        "orders.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    qty_ordered = models.PositiveIntegerField()
    qty_cancelled = models.PositiveIntegerField(default=0)
    qty_reserved = models.PositiveIntegerField(default=0)
    qty_allocated = models.PositiveIntegerField(default=0)
    qty_backordered = models.PositiveIntegerField(default=0)
    qty_picked = models.PositiveIntegerField(default=0)
    qty_packed = models.PositiveIntegerField(default=0)
    qty_dispatched = models.PositiveIntegerField(default=0)
    qty_delivered = models.PositiveIntegerField(default=0)
    qty_returning = models.PositiveIntegerField(default=0)
    qty_rto = models.PositiveIntegerField(default=0)
    qty_written_off = models.PositiveIntegerField(default=0)
    qty_returned = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.CheckConstraint(
                name="line_cancelled_within_ordered", condition=Q(qty_cancelled__lte=F("qty_ordered"))
            ),
            models.CheckConstraint(
                name="line_dispatched_within_open",
                condition=Q(qty_ordered__gte=F("qty_cancelled") + F("qty_dispatched")),
            ),
            models.CheckConstraint(
                name="line_promised_within_open",
                condition=Q(
                    qty_ordered__gte=F("qty_cancelled")
                    + F("qty_dispatched")
                    + F("qty_reserved")
                    + F("qty_allocated")
                    + F("qty_backordered")
                ),
            ),
            models.CheckConstraint(
                name="line_ends_within_dispatched",
                condition=Q(
                    qty_dispatched__gte=F("qty_delivered") + F("qty_returning") + F("qty_rto") + F("qty_written_off")
                ),
            ),
            models.CheckConstraint(name="line_packed_within_picked", condition=Q(qty_picked__gte=F("qty_packed"))),
            models.CheckConstraint(
                name="line_returned_within_delivered", condition=Q(qty_returned__lte=F("qty_delivered"))
            ),
            models.CheckConstraint(name="line_money_not_negative", condition=Q(unit_price__gte=0, discount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.qty_ordered} × {self.sku}"

    @property
    def qty_open(self) -> int:
        """Units still to leave the building."""
        return self.qty_ordered - self.qty_cancelled - self.qty_dispatched

    @property
    def qty_uncovered(self) -> int:
        """Open units without any promise of stock."""
        return self.qty_open - self.qty_reserved - self.qty_allocated

    @property
    def qty_cancellable(self) -> int:
        """Open units that are not packed yet (qty_packed counts units still in the building)."""
        return self.qty_open - self.qty_packed
