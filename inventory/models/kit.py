"""What kits are made of: today's recipe of a product, and the recipe that an order line was sold with."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from inventory.models.stock import Product


class KitPart(models.Model):
    """`qty` units of a component go into one kit. Changed as a whole by inventory/actions/recipe.py."""

    kit = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="parts")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="part_of")
    qty = models.PositiveIntegerField()

    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kit", "product"], name="kit_part_once"),
            models.CheckConstraint(name="kit_part_positive", condition=Q(qty__gt=0)),
            models.CheckConstraint(name="kit_not_in_itself", condition=~Q(kit=F("product"))),
        ]

    def __str__(self) -> str:
        return f"{self.qty} of {self.product_id} in {self.kit_id}"


class LinePart(models.Model):
    """The recipe an order line of a kit was sold with, frozen when its units were first promised.

    Allocations count whole kits; the counters of stock count these components. As with allocations, the key to the line
    is added by the app that owns it.
    """

    line_id = models.BigIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["line_id", "product"], name="line_part_once"),
            models.CheckConstraint(name="line_part_positive", condition=Q(qty__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.qty} of {self.product_id} in each of line {self.line_id}"
