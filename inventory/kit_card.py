"""What a kit could make: at each place as many as its scarcest component allows."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from inventory.kits import Parts, could_make
from inventory.models import KitPart, Location, Product, ProductKind, StockLevel
from oms.events.models import Event
from oms.kernel.db import fetch

MOST = 200  # kits on the list
WAITING = """
SELECT coalesce(sum(qty), 0)::int FROM (
  SELECT qty FROM inventory_backorder WHERE product_id = %s::bigint
  UNION ALL SELECT b.qty * p.qty FROM inventory_linepart p JOIN inventory_backorder b USING (line_id) WHERE p.product_id = %s::bigint
) waiting
"""


@dataclass(frozen=True)
class Makes:
    """`qty` whole kits at a place; `limits` are the SKUs of the components that allow no more."""

    location: Location
    qty: int
    limits: tuple[str, ...]


@dataclass(frozen=True)
class Component:
    product: Product
    qty: int
    available: int


@dataclass(frozen=True)
class KitCard:
    """A kit everywhere a person may look. `recipe` is what `set_recipe` calls seen."""

    kit: Product
    components: tuple[Component, ...]
    places: tuple[Makes, ...]
    recipe: str

    @property
    def qty(self) -> int:
        return sum(place.qty for place in self.places)

    @property
    def limits(self) -> tuple[str, ...]:
        """What to get more of."""
        return tuple(dict.fromkeys(sku for place in self.places for sku in place.limits))


def kit_cards(kits: Collection[Product], user: Any) -> list[KitCard]:
    """The cards of `kits` in two questions, whatever their number."""
    parts: dict[int, list[KitPart]] = {}
    for part in KitPart.objects.filter(kit__in=[k.pk for k in kits]).select_related("product").order_by("product__sku"):
        parts.setdefault(part.kit_id, []).append(part)
    products = {part.product_id for rows in parts.values() for part in rows}
    levels = StockLevel.objects.visible_to(user).filter(product__in=products, location__is_active=True)
    places: dict[Location, dict[int, int]] = {}
    for level in levels.select_related("location").order_by("location__rank", "location__code"):
        places.setdefault(level.location, {})[level.product_id] = level.available
    return [_card(kit, parts.get(kit.pk, []), places) for kit in kits]


def _card(kit: Product, rows: list[KitPart], places: dict[Location, dict[int, int]]) -> KitCard:
    parts = tuple((row.product_id, row.qty) for row in rows)
    skus = {row.product_id: row.product.sku for row in rows}
    found = []
    for place, available in places.items():
        if any(product in available for product, _ in parts):
            qty = could_make(parts, available)
            limits = tuple(skus[product] for product, each in parts if available.get(product, 0) // each == qty)
            found.append(Makes(place, qty, limits or tuple(skus.values())))
    everywhere = {product: sum(max(a.get(product, 0), 0) for a in places.values()) for product, _ in parts}
    components = tuple(Component(row.product, row.qty, everywhere[row.product_id]) for row in rows)
    return KitCard(kit, components, tuple(found), ", ".join(f"{row.qty} × {row.product.sku}" for row in rows))


def kit_list(user: Any) -> list[KitCard]:
    return kit_cards(list(Product.objects.filter(kind=ProductKind.KIT).order_by("sku")[:MOST]), user)


def can_make(product_ids: Collection[int], location_ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """{kit: [(place, whole kits)]} of those of the products that are kits, the places in the order given."""
    parts: dict[int, Parts] = {}
    for kit, product, qty in KitPart.objects.filter(kit__in=list(product_ids)).values_list("kit", "product", "qty"):
        parts[kit] = (*parts.get(kit, ()), (product, qty))
    if not parts:
        return {}
    products = {product for each in parts.values() for product, _ in each}
    available: dict[int, dict[int, int]] = {}
    names: dict[int, str] = {}
    rows = StockLevel.objects.filter(product__in=products, location__in=list(location_ids))
    for place, name, product, qty in rows.values_list("location", "location__name", "product", "available"):
        names[place] = name
        available.setdefault(place, {})[product] = qty
    order = [place for place in location_ids if place in names]
    return {kit: [(names[p], could_make(each, available[p])) for p in order] for kit, each in parts.items()}


def recipe_events(kit: Product, most: int = 6) -> list[Event]:
    """How the recipe changed, the newest first."""
    rows = Event.objects.filter(stream=f"product-{kit.pk}", name="inventory.recipe_changed")
    return list(rows.order_by("-seq")[:most])


def kits_of(product: Product) -> list[KitPart]:
    """Kits that the product goes into today."""
    return list(KitPart.objects.filter(product=product).select_related("kit").order_by("kit__sku")[:12])


def waiting_units(product_id: int) -> int:
    """Units of the product that orders wait for, those for kits included."""
    return fetch(WAITING, [product_id, product_id])[0][0]
