"""Components of kits that are not whole yet."""

from django.db import models
from django.db.models import Q

from fulfilment.models.work import FulfilmentOrderLine
from inventory.models import Product


class LoosePart(models.Model):
    """Units of a component counted towards the next kit of the line: taken off the shelf, put in the parcel.

    Whole kits are counted on the line itself; a component leaves this row when the last one of its kit joins it.
    """

    row = models.ForeignKey(FulfilmentOrderLine, on_delete=models.CASCADE, related_name="loose")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    picked = models.PositiveIntegerField(default=0)
    packed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["row", "product"], name="loose_part_once"),
            models.CheckConstraint(name="loose_part_not_empty", condition=Q(picked__gt=0) | Q(packed__gt=0)),
        ]
