"""Where the parts of an order go that do not go to its own address."""

from typing import Any

from django.db import models
from django.db.models import Q


class OrderAddress(models.Model):
    """A further place that an order goes to, frozen like the order's own; lines name it (OrderLine.ship_to).

    The order's own address is number 1 and stands on the order, so an order for one place has no row here.
    """

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="further_addresses")
    position = models.PositiveSmallIntegerField()
    address = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_address_position_once"),
            models.CheckConstraint(name="order_address_after_own", condition=Q(position__gte=2)),
        ]

    def __str__(self) -> str:
        return place_name(self.position, self.address)

    @property
    def city(self) -> str:
        return str(self.address.get("city", ""))


def place_name(position: int, address: dict[str, Any]) -> str:
    """How a place is named where there is no room for the whole address: “Address 2, Pune”."""
    return ", ".join(filter(None, (f"Address {position}", str(address.get("city", "")))))
