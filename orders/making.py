"""What could be made for orders that wait: how many, where, by when, and why so. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from inventory.actions.recipe import MOST, Part
from inventory.kits import could_make, recipes
from inventory.models import Assembly, Location, Product, StockLevel
from oms.kernel.clock import business_date
from oms.kernel.db import fetch
from oms.kernel.plural import plural
from orders.capture.catalogue import locations_for, serving
from orders.models import Channel, Order


@dataclass(frozen=True)
class Making:
    """An assembly that would give waiting orders what nothing brings them. `why` explains the number to a person."""

    product: Product
    qty: int
    location: Location
    eta: date
    parts: tuple[Part, ...]
    why: str


# Units of the products that confirmed orders, or the order named, wait for, by channel; of kits by their components. What
# waited before an assembly of the product was called off is not counted when asked afresh: somebody decided about that.
WAITING = """
SELECT coalesce(k.product_id, b.product_id), o.channel_id, sum(b.qty * coalesce(k.qty, 1))::int
FROM inventory_backorder b LEFT JOIN inventory_linepart k USING (line_id) JOIN orders_order o ON o.number = b.order_number
WHERE coalesce(k.product_id, b.product_id) = ANY(%s::bigint[]) AND (o.status IN ('confirmed', 'processing') OR o.number = %s)
  AND NOT (%s::bool AND EXISTS (SELECT FROM inventory_assembly a WHERE a.product_id = coalesce(k.product_id, b.product_id)
    AND a.status IN ('cancelled', 'closed') AND a.ended_at > b.created_at))
GROUP BY 1, 2
"""


def makings(order: Order) -> list[Making]:
    """What could be made for the order's short lines: products put together here before, and such components of kits."""
    short = {x.pk: x.product_id for x in order.lines.all() if x.qty_backordered and x.product_id}
    if not short or not order.is_open:
        return []
    kits = recipes(short)
    wanted = {part for parts in kits.values() for part, _ in parts} | {p for x, p in short.items() if x not in kits}
    return propose(wanted, locations_for(order.channel), for_order=order.number)


def propose(
    product_ids: Collection[int], places: Sequence[int] = (), *, for_order: str = "", afresh: bool = False
) -> list[Making]:
    """Proposals for those of the products of which more is waited for than lies free or is on its way, in a fixed number of
    questions. Each is made where it was the last time, or at the best of `places` when that is none of them, for all
    orders that are sent from there. `afresh` leaves out what waited when an assembly of it was called off."""
    rows = Assembly.objects.filter(product__in=product_ids, product__kind="item", product__is_active=True)
    made = (
        rows.order_by("product_id", "-pk")
        .distinct("product_id")
        .select_related("product")
        .prefetch_related("parts__product")
    )
    last = {assembly.product_id: assembly for assembly in made}
    waiting = fetch(WAITING, [list(last), for_order, afresh]) if last else []
    if not waiting:
        return []
    active = {place.pk: place for place in Location.objects.filter(is_active=True).order_by("rank", "code")}
    codes = {place.code: pk for pk, place in active.items()}
    channels = Channel.objects.filter(pk__in={channel for _, channel, _ in waiting})
    serves = {channel.pk: frozenset(serving(channel, codes)) for channel in channels}
    stock = _stock([*last, *(part.product_id for a in last.values() for part in a.parts.all())])
    found = []
    for pk, assembly in last.items():
        at = assembly.location_id if assembly.location_id in (places or active) else next(iter(places), 0)
        asking = {channel: units for product, channel, units in waiting if product == pk and at in serves[channel]}
        if at in active and asking:
            reach = frozenset[int]().union(*(serves[channel] for channel in asking))
            found.append(_making(assembly, sum(asking.values()), active[at], reach, stock))
    return [making for making in found if making is not None]


Stock = Mapping[tuple[int, int], tuple[int, int]]  # (product, place) -> free, incoming


def _stock(products: Collection[int]) -> Stock:
    rows = StockLevel.objects.filter(product__in=products)
    levels = rows.values_list("product_id", "location_id", "available", "incoming")
    return {(product, place): (max(free, 0), coming) for product, place, free, coming in levels}


def _making(last: Assembly, waiting: int, place: Location, reach: Collection[int], stock: Stock) -> Making | None:
    product = last.product
    free, coming = (sum(stock.get((product.pk, at), (0, 0))[i] for at in reach) for i in (0, 1))
    qty = min(waiting - free - coming, MOST)
    if qty <= 0:
        return None
    parts = [(part.product, part.qty) for part in last.parts.all()]
    there = {part.pk: stock.get((part.pk, place.pk), (0, 0))[0] for part, _ in parts}
    able = could_make([(part.pk, n) for part, n in parts], there)
    lacks = [f"{n * qty - there[part.pk]} × {part.sku}" for part, n in parts if n * qty > there[part.pk]]
    why = [
        f"{plural(waiting, 'unit')} {'waits' if waiting == 1 else 'wait'}, {coming or 'nothing'} on the way"
        + (f", {free} free." if free else "."),
        f"{place.name} has components for {'all of them' if not lacks else able}"
        + (f" and lacks {', '.join(lacks)}." if lacks else "."),
        f"Made as {last.number} was.",
    ]
    eta = business_date() + timedelta(days=product.make_days)
    return Making(product, qty, place, eta, tuple(Part(part.sku, n) for part, n in parts), " ".join(why))
