"""The products on the fair-share desk: what waits for each, what there is for it, and what comes."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from inventory.models import Backorder, Location, Product, StockLevel
from inventory.waiting import Waits
from oms.kernel.db import fetch
from orders.capture.catalogue import serving
from orders.models import Channel
from orders.sending import refused_places, sent_from
from orders.sharing.picture import may_gain, picture_of, scarce_places, undecided

SHOWN = 200


@dataclass(frozen=True)
class Row:
    """One product that orders wait for, themselves or for a kit of it. Counted is what lies, or comes, where one of these
    orders is served from; `uncovered` units are neither here nor on their way. `at_desk` of the free ones wait for the
    desk, `where` (names; none: everywhere) its units do."""

    product: Product
    waiting: int
    orders: int
    since: datetime
    free: int
    held: int
    incoming: int
    at_desk: int
    where: tuple[str, ...]

    @property
    def uncovered(self) -> int:
        return max(self.waiting - self.free - self.incoming, 0)

    @property
    def waits_for_decision(self) -> bool:
        return self.at_desk > 0


@dataclass(frozen=True)
class _Demand:
    """What orders want of one product: `alone` units of it by themselves, the others in kits, from these places."""

    units: int
    alone: int
    orders: int
    since: datetime
    places: frozenset[int]
    parts: tuple["_Wants", ...]


# A kit waits as its components. Orders that a place refused (the first `%s`, numbers) or whose line a person holds at one
# are counted apart, as they are not sent from everywhere their channel is; the second says: rationed products only; the
# last are the products to look at, all if null.
WAITING = """
WITH asked AS (
  SELECT coalesce(k.product_id, b.product_id) AS product_id, b.qty * coalesce(k.qty, 1) AS units, k.id IS NULL AS alone,
         b.order_number, b.created_at, c.location_id AS chosen
  FROM inventory_backorder b LEFT JOIN inventory_linepart k USING (line_id) LEFT JOIN orders_placechoice c USING (line_id)
)
SELECT a.product_id, o.channel_id,
       CASE WHEN o.number = ANY(%s::text[]) OR a.chosen IS NOT NULL THEN o.number ELSE '' END, a.chosen,
       sum(a.units)::int, coalesce(sum(a.units) FILTER (WHERE a.alone), 0)::int,
       count(DISTINCT a.order_number)::int, min(a.created_at)
FROM asked a JOIN inventory_product p ON p.id = a.product_id JOIN orders_order o ON o.number = a.order_number
WHERE (p.is_rationed OR NOT %s::bool) AND a.product_id = ANY(coalesce(%s::bigint[], ARRAY[a.product_id]))
GROUP BY 1, 2, 3, 4
"""


def to_decide() -> int:
    """How many products have units that wait for a decision on the shelf, where they can serve somebody."""
    wanted = _wanted(rationed=True)
    levels = _levels(wanted)
    return sum(_at_desk(product, wanted[product.pk], levels.get(product.pk, ())) > 0 for product in _products(wanted))


def rows() -> tuple[list[Row], int]:
    """The two hundred products with most to decide, those with units on the shelf first; and how many there are.

    A component that lies there for every kit that waits is not what these wait for.
    """
    wanted = _wanted(rationed=False)
    levels = _levels(wanted)
    names = dict(Location.objects.values_list("pk", "name"))
    found = []
    for product in _products(wanted):
        asked, there = wanted[product.pk], levels.get(product.pk, [])
        free = sum(max(level["available"], 0) for level in there)
        if not asked.alone and free >= asked.units:
            continue
        held, coming = (sum(level[name] for level in there) for name in ("reserved", "incoming"))
        where = tuple(names[place] for place in product.rationed_at)
        at_desk = _at_desk(product, asked, there)
        found.append(Row(product, asked.units, asked.orders, asked.since, free, held, coming, at_desk, where))
    found.sort(key=lambda r: (not r.waits_for_decision, not (r.free or r.held), -r.uncovered, r.since))
    return found[:SHOWN], len(found)


def waiting_at(products: Collection[int]) -> dict[tuple[int, int], Waits]:
    """What waits per product and place, for inventory/waiting.py."""
    alone: Counter[tuple[int, int]] = Counter()
    units: Counter[tuple[int, int]] = Counter()
    for wants in _waiting(products=products):
        alone.update({(wants.product, place): wants.alone for place in wants.places})
        units.update({(wants.product, place): wants.units for place in wants.places})
    return {key: Waits(alone[key], units[key] - alone[key]) for key in units}


def waiting_for_desk(product_ids: Collection[int]) -> dict[str, str]:
    """{order number: SKU} of the orders to which a decision could give units of these products that lie free now."""
    found: dict[str, str] = {}
    for product in _lying(product_ids):
        picture = picture_of(product, whole=True)  # whoever waits behind a page of the desk waits for it too
        found = {ask.number: product.sku for ask in may_gain(picture, undecided(picture))} | found
    return found


def left_lying() -> list[str]:
    """SKUs that the desk decides on of which something lies free that no decision is needed for, and somebody wants it.

    Whoever orders while others wait sees none of it; it may be that these wait for what lies elsewhere.
    """
    pictures = [picture_of(product, whole=True) for product in _lying(list(_wanted(rationed=True)))]
    return [p.product.sku for p in pictures if may_gain(p, p.free.keys() - undecided(p))]


def _lying(product_ids: Collection[int]) -> QuerySet[Product]:
    """Those of the products that the desk decides on and that have free units."""
    free = StockLevel.objects.filter(product__in=product_ids, available__gt=0, location__is_active=True)
    return Product.objects.filter(pk__in=free.values("product"), is_rationed=True).order_by("sku")


def _products(wanted: Mapping[int, _Demand]) -> QuerySet[Product]:
    return Product.objects.filter(pk__in=list(wanted))


def _at_desk(product: Product, asked: _Demand, levels: Iterable[dict[str, int]]) -> int:
    """Free units that wait for the desk: too few there for those who may be sent from there."""
    free = {level["location_id"]: level["available"] for level in levels if level["available"] > 0}
    waits = [(part.units, part.places) for part in sorted(asked.parts, key=lambda part: part.since)]
    places = scarce_places(product, waits, free)
    return sum(units for place, units in free.items() if place in places)


def _wanted(*, rationed: bool) -> dict[int, _Demand]:
    """Demand by product, in a fixed number of questions whatever waits."""
    found: dict[int, _Demand] = {}
    apart: set[tuple[int, str]] = set()
    for wants in _waiting(rationed=rationed):
        was, key = found.get(wants.product), (wants.product, wants.number)
        counted = 0 if wants.number and key in apart else wants.orders  # two lines of one order are one order
        apart.add(key)
        found[wants.product] = _Demand(
            wants.units + (was.units if was else 0), wants.alone + (was.alone if was else 0),
            counted + (was.orders if was else 0), min(wants.since, was.since) if was else wants.since,
            wants.places | (was.places if was else frozenset()), (*(was.parts if was else ()), wants),
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class _Wants:
    """What orders want of one product from the same places; `number` if one order alone may come from just these."""

    product: int
    number: str
    units: int
    alone: int
    orders: int
    since: datetime
    places: frozenset[int]


def _waiting(*, rationed: bool = False, products: Collection[int] | None = None) -> list[_Wants]:
    refused = refused_places(Backorder.objects.values("order_number"))
    read = fetch(WAITING, [list(refused), rationed, None if products is None else list(products)])
    if not read:
        return []
    active = Location.objects.ours().filter(is_active=True).order_by("rank", "code")
    codes = dict(active.values_list("code", "pk"))
    channels = Channel.objects.filter(pk__in={channel for _, channel, *_ in read})
    serves = {channel.pk: serving(channel, codes) for channel in channels}
    return [
        _Wants(product, number, *rest, frozenset(sent_from(serves[channel], chosen, refused.get(number, frozenset()))))
        for product, channel, number, chosen, *rest in read
    ]


def _levels(wanted: Mapping[int, _Demand]) -> dict[int, list[dict[str, int]]]:
    """The levels of the products where they are wanted from."""
    found: dict[int, list[dict[str, int]]] = {}
    columns = ("product_id", "location_id", "available", "reserved", "incoming")
    for level in StockLevel.objects.filter(product__in=list(wanted)).values(*columns):
        if level["location_id"] in wanted[level["product_id"]].places:
            found.setdefault(level["product_id"], []).append(level)
    return found
