"""The products on the fair-share desk: what waits for each, what there is for it, and what comes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from inventory.models import Location, Product, StockLevel
from oms.kernel.db import fetch
from orders.capture.catalogue import serving
from orders.models import Channel
from orders.sharing.picture import is_scarce, may_gain, picture_of

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """One product that orders wait for, themselves or for a kit of it. Counted is what lies, or comes, where one of these
    orders is served from; `uncovered` units are neither here nor on their way."""

    product: Product
    waiting: int
    orders: int
    since: datetime
    free: int
    held: int
    incoming: int

    @property
    def uncovered(self) -> int:
        return max(self.waiting - self.free - self.incoming, 0)

    @property
    def waits_for_decision(self) -> bool:
        return self.product.is_rationed and self.free > 0


@dataclass(frozen=True)
class _Demand:
    """What orders want of one product: `alone` units of it by themselves, the others in kits, from these places."""

    units: int
    alone: int
    orders: int
    since: datetime
    places: frozenset[int]


# A kit waits as its components. `%s` is whether to look at rationed products only.
WAITING = """
WITH asked AS (
  SELECT coalesce(k.product_id, b.product_id) AS product_id, b.qty * coalesce(k.qty, 1) AS units, k.id IS NULL AS alone,
         b.order_number, b.created_at
  FROM inventory_backorder b LEFT JOIN inventory_linepart k USING (line_id)
)
SELECT a.product_id, o.channel_id, sum(a.units)::int, coalesce(sum(a.units) FILTER (WHERE a.alone), 0)::int,
       count(DISTINCT a.order_number)::int, min(a.created_at)
FROM asked a JOIN inventory_product p ON p.id = a.product_id JOIN orders_order o ON o.number = a.order_number
WHERE p.is_rationed OR NOT %s::bool GROUP BY 1, 2
"""


def to_decide() -> int:
    """How many products have units that wait for a decision on the shelf, where they can serve somebody."""
    wanted = _wanted(rationed=True)
    free = _levels(wanted)
    return sum(any(level["available"] > 0 for level in free.get(product, ())) for product in wanted)


def rows() -> tuple[list[Row], int]:
    """The two hundred products with most to decide, those with units on the shelf first; and how many there are.

    A component that lies there for every kit that waits is not what these wait for.
    """
    wanted = _wanted(rationed=False)
    levels = _levels(wanted)
    found = []
    for product in Product.objects.filter(pk__in=list(wanted)):
        asked, there = wanted[product.pk], levels.get(product.pk, [])
        free = sum(max(level["available"], 0) for level in there)
        if not asked.alone and free >= asked.units:
            continue
        held, coming = (sum(level[name] for level in there) for name in ("reserved", "incoming"))
        found.append(Row(product, asked.units, asked.orders, asked.since, free, held, coming))
    found.sort(key=lambda r: (not r.waits_for_decision, not (r.free or r.held), -r.uncovered, r.since))
    return found[:SHOWN], len(found)


def waiting_for_desk(product_ids: Collection[int]) -> dict[str, str]:
    """{order number: SKU} of the orders to which a decision could give units of these products that lie free now."""
    free = StockLevel.objects.filter(product__in=product_ids, available__gt=0, location__is_active=True)
    rationed = Product.objects.filter(pk__in=free.values("product"), is_rationed=True).order_by("sku")
    found: dict[str, str] = {}
    for product in rationed:
        picture = picture_of(product, whole=True)  # whoever waits behind a page of the desk waits for it too
        if is_scarce(picture):
            found = {ask.number: product.sku for ask in may_gain(picture)} | found
    return found


def _wanted(*, rationed: bool) -> dict[int, _Demand]:
    """Demand by product, in two questions whatever waits."""
    read = fetch(WAITING, [rationed])
    if not read:
        return {}
    active = Location.objects.filter(is_active=True).order_by("rank", "code")
    codes = dict(active.values_list("code", "pk"))
    channels = Channel.objects.filter(pk__in={channel for _, channel, *_ in read})
    serves = {channel.pk: frozenset(serving(channel, codes)) for channel in channels}
    found: dict[int, _Demand] = {}
    for product, channel, units, alone, orders, since in read:
        was = found.get(product)
        found[product] = _Demand(
            units + (was.units if was else 0), alone + (was.alone if was else 0), orders + (was.orders if was else 0),
            min(since, was.since) if was else since, serves[channel] | (was.places if was else frozenset()),
        )  # fmt: skip
    return found


def _levels(wanted: Mapping[int, _Demand]) -> dict[int, list[dict[str, int]]]:
    """The levels of the products where they are wanted from."""
    found: dict[int, list[dict[str, int]]] = {}
    columns = ("product_id", "location_id", "available", "reserved", "incoming")
    for level in StockLevel.objects.filter(product__in=list(wanted)).values(*columns):
        if level["location_id"] in wanted[level["product_id"]].places:
            found.setdefault(level["product_id"], []).append(level)
    return found
