"""Page-shaped reads of what suppliers send themselves: their figure, its age, and what we promised of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum

from inventory.models import Allocation, Supplier, SupplierItem
from inventory.offers import FROM, LEFT
from oms.kernel.clock import now
from oms.kernel.db import fetch

STALE = timedelta(days=7)  # an older figure is shown as one to ask for again
MOST = 500


@dataclass(frozen=True)
class Sent:
    """A product that a supplier sends. `left`: units we may still promise; None: they tell no figure, nothing limits us.

    Below zero: they say now that they have less than we promised.
    """

    item: SupplierItem
    left: int | None

    @property
    def told(self) -> int | None:
        return self.item.stock

    @property
    def at(self) -> datetime | None:
        return self.item.stock_at if self.item.stock is not None else None

    @property
    def days(self) -> int:
        """Days until it leaves them."""
        return self.item.supplier.lead_days if self.item.lead_days is None else self.item.lead_days

    @property
    def is_stale(self) -> bool:
        return self.at is not None and self.at < now() - STALE

    @property
    def promised(self) -> int:
        """Units promised to customers that have not left the supplier."""
        return 0 if self.left is None or self.told is None else self.told - self.item.shipped_since - self.left


READ = f"""
SELECT i.id, ({LEFT})::int FROM {FROM} WHERE i.drop_ship <> '' AND {{which}} ORDER BY i.id LIMIT {MOST}
"""  # noqa: S608
OF_SUPPLIER, OF_PRODUCT = READ.format(which="s.id = %s::bigint"), READ.format(which="i.product_id = %s::bigint")


def sent_by(supplier: Supplier) -> list[Sent]:
    """What the supplier sends now, by SKU; at most 500 of it."""
    return sorted(_sent(OF_SUPPLIER, supplier.pk), key=lambda sent: sent.item.product.sku)


def senders_of(product_id: int) -> list[Sent]:
    """Who sends the product, the preferred one first."""
    return sorted(_sent(OF_PRODUCT, product_id), key=lambda sent: (not sent.item.is_preferred, sent.item.supplier.name))


def _sent(sql: str, key: int) -> list[Sent]:
    left = dict(fetch(sql, [key]))
    if not left:
        return []
    rows = SupplierItem.objects.filter(pk__in=list(left)).select_related("product", "supplier")
    return [Sent(item, left[item.pk]) for item in rows]


def held_by_suppliers(order_number: str) -> dict[int, int]:
    """{line id: units} firmly promised to the order that suppliers send."""
    rows = Allocation.objects.filter(order_number=order_number, kind="hard", location__kind="drop_ship")
    return dict(rows.values("line_id").annotate(n=Sum("qty")).values_list("line_id", "n"))
