"""What should be ordered now, how much and why: pure arithmetic over what lies here, comes, and is wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from inventory.models import Location, Product, Supplier, SupplierItem
from oms.kernel.clock import now
from oms.kernel.db import fetch
from oms.kernel.plural import plural

LOOKED_BACK = 28  # days of dispatches that say how fast a SKU goes
COVERED = 14  # days that an order should last beyond the lead time


@dataclass(frozen=True)
class Need:
    """One SKU at one place, in units; `sold` were dispatched there in the last 28 days."""

    available: int
    incoming: int
    waiting: int
    safety: int
    sold: int
    lead_days: int
    pack: int = 1

    @property
    def position(self) -> int:
        """What there will be when everything on order is here and everybody who waits is served."""
        return self.available + self.incoming - self.waiting

    @property
    def point(self) -> int:
        """Below this an order placed today comes too late."""
        return self.safety + _up(self.sold * self.lead_days, LOOKED_BACK)

    @property
    def qty(self) -> int:
        """Units to order, in whole packs; 0 while the position is at or above the reorder point."""
        if self.position >= self.point:
            return 0
        return _up(self.target - self.position, self.pack) * self.pack

    @property
    def target(self) -> int:
        """What an order fills up to: it is to last for two weeks after it has come."""
        return self.point + self.covered

    @property
    def covered(self) -> int:
        return _up(self.sold * COVERED, LOOKED_BACK)

    @property
    def why(self) -> str:
        """The arithmetic as a sentence."""
        parts = [f"{self.available} available"]
        if self.incoming:
            parts.append(f"+ {self.incoming} on order")
        if self.waiting:
            parts.append(f"− {self.waiting} that orders wait for")
        needs = [f"{self.safety} safety stock"] if self.safety else []
        if self.sold:
            needs.append(
                f"{self.point - self.safety} for {plural(self.lead_days, 'day')} of lead time + {self.covered} for {COVERED} days after "
                f"({self.sold} went in {LOOKED_BACK} days)"
            )
        packs = f", in packs of {self.pack}" if self.pack > 1 else ""
        if len(parts) > 1:
            parts.append(f"= {str(self.position).replace('-', '−')}")
        if not needs:
            return f"{' '.join(parts)}: no more than orders wait for{packs}"
        return f"{' '.join(parts)}, below {self.point}; wanted {self.target}: {' + '.join(needs)}{packs}"


@dataclass(frozen=True)
class Suggestion:
    """Order `need.qty` of a product for a place. `item` is what its preferred supplier sells; None: nobody sells it."""

    product: Product
    location: Location
    need: Need
    item: SupplierItem | None

    @property
    def supplier(self) -> Supplier | None:
        return self.item.supplier if self.item else None

    @property
    def cost(self) -> Decimal:
        return self.item.cost * self.need.qty if self.item else Decimal(0)

    @property
    def key(self) -> str:
        return f"{self.product.pk}-{self.location.pk}"


# Back-orders belong to a product and not to a place: they count at the first place, by rank, that has the product.
NEEDS = """
WITH wanted AS (
  SELECT coalesce(p.product_id, b.product_id) product_id, b.qty * coalesce(p.qty, 1) qty
  FROM inventory_backorder b LEFT JOIN inventory_linepart p USING (line_id)
), waiting AS (
  SELECT b.product_id, sum(b.qty)::int qty,
         (SELECT s.location_id FROM inventory_stocklevel s JOIN inventory_location l ON l.id = s.location_id
          WHERE s.product_id = b.product_id AND l.is_active ORDER BY s.incoming DESC, l.rank, l.code LIMIT 1) location_id
  FROM wanted b GROUP BY 1
), sold AS (
  SELECT product_id, location_id, -sum(on_hand)::int qty FROM inventory_stockmovement
  WHERE kind IN ('issue', 'unissue') AND at >= %s::timestamptz GROUP BY 1, 2
)
SELECT s.product_id, s.location_id, s.available, s.incoming, coalesce(w.qty, 0), s.safety_stock, coalesce(d.qty, 0),
       coalesce(v.lead_days, 7), coalesce(i.pack, 1), i.id
FROM inventory_stocklevel s JOIN inventory_location l ON l.id = s.location_id AND l.is_active
LEFT JOIN waiting w ON w.product_id = s.product_id AND w.location_id = s.location_id
LEFT JOIN sold d ON d.product_id = s.product_id AND d.location_id = s.location_id
LEFT JOIN inventory_supplieritem i ON i.product_id = s.product_id AND i.is_preferred
LEFT JOIN inventory_supplier v ON v.id = i.supplier_id
WHERE s.available + s.incoming - coalesce(w.qty, 0) < s.safety_stock + ceil(coalesce(d.qty, 0) * coalesce(v.lead_days, 7) / 28.0)
  AND l.code = ANY(%s::text[])
ORDER BY s.product_id, s.location_id LIMIT %s::int
"""


def suggestions(location_codes: Sequence[str], most: int = 500) -> list[Suggestion]:
    """What should be ordered for these places, by supplier; one reading and two more, whatever their number."""
    rows = fetch(NEEDS, [now() - timedelta(days=LOOKED_BACK), list(location_codes), most])
    products = Product.objects.in_bulk({row[0] for row in rows})
    places = Location.objects.in_bulk({row[1] for row in rows})
    items = SupplierItem.objects.select_related("supplier").in_bulk({row[-1] for row in rows if row[-1]})
    found = [Suggestion(products[p], places[place], Need(*facts), items.get(item)) for p, place, *facts, item in rows]
    found.sort(
        key=lambda s: (s.supplier is None, s.supplier.name if s.supplier else "", s.location.code, s.product.sku)
    )
    return [s for s in found if s.need.qty]


def _up(value: int, step: int) -> int:
    return -(-value // step)
