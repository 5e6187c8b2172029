"""What happened in a window of time, as routing would have met it: orders, cancellations, and goods that came and went."""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from inventory.kits import recipes
from inventory.routing.facts import Demand, Facts
from oms.kernel.db import fetch
from orders.capture.catalogue import serving
from orders.models import Channel

MOST_ORDERS = 20_000


@dataclass(frozen=True)
class PastOrder:
    """An order as it was placed. `cancelled_at` gives its units back in the replay; `really` are the codes it came from."""

    number: str
    at: datetime
    facts: Facts
    city: str
    demands: tuple[Demand, ...]
    place_ids: tuple[int, ...]
    cancelled_at: datetime | None = None
    really: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Change:
    """Sellable units of a product that came to a place, or left it, for another reason than these orders."""

    at: datetime
    product_id: int
    place_id: int
    units: int


@dataclass
class Window:
    """Stock {(product id, place id): units free} at the start, and what followed, in order of time."""

    start: datetime
    stock: dict[tuple[int, int], int] = field(default_factory=dict)
    orders: list[PastOrder] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


ORDERS = """
SELECT o.number, o.placed_at, c.code, o.ship_country, o.ship_to->>'state', o.ship_to->>'postal_code', o.ship_city, o.tags,
       o.total, o.currency, o.cancelled_at, o.channel_id,
       (SELECT json_agg(json_build_array(l.id, l.product_id, l.qty_ordered) ORDER BY l.position)::text
        FROM orders_orderline l WHERE l.order_id = o.id AND l.product_id IS NOT NULL AND l.qty_ordered > 0),
       (SELECT d.places FROM inventory_routingdecision d WHERE d.order_number = o.number AND d.occasion = 'placed'
        ORDER BY d.id LIMIT 1)
FROM orders_order o JOIN orders_channel c ON c.id = o.channel_id
WHERE o.placed_at >= %s AND o.placed_at < %s AND NOT o.is_historical AND o.status <> 'draft'
ORDER BY o.placed_at, o.id LIMIT %s
"""
# What left with a shipment of one of the orders was taken when that order was planned; the ledger says which shipment,
# the event which order. Everything else moved the shelves by itself.
MOVED = """
SELECT m.at, m.product_id, m.location_id, m.on_hand - m.quarantined - m.damaged, e.stream
FROM inventory_stockmovement m
LEFT JOIN events_event e ON m.kind IN ('issue', 'unissue') AND e.name = 'fulfilment.dispatched' AND e.subject = m.source
WHERE m.at >= %s AND m.at < %s ORDER BY m.at, m.id
"""
BEFORE = """
SELECT product_id, location_id, sum(on_hand - quarantined - damaged)::int FROM inventory_stockmovement WHERE at < %s GROUP BY 1, 2
"""
PROMISED = """
SELECT a.order_number, coalesce(p.product_id, a.product_id), a.location_id, sum(a.qty * coalesce(p.qty, 1))::int
FROM inventory_allocation a LEFT JOIN inventory_linepart p USING (line_id) WHERE a.created_at < %s GROUP BY 1, 2, 3
"""


def read_window(start: datetime, end: datetime) -> Window:
    """Everything between `start` and `end` (aware). Units promised to older orders are not free from the start."""
    window = Window(start, {(p, place): units for p, place, units in fetch(BEFORE, [start])})
    window.orders = _orders(start, end)
    ours = {order.number for order in window.orders}
    for at, product, place, units, order in fetch(MOVED, [start, end]):
        if order is None:
            window.changes.append(Change(at, product, place, units))
        elif order not in ours:
            _take(window.stock, product, place, -units)
    for number, product, place, units in fetch(PROMISED, [end]):
        if number not in ours:
            _take(window.stock, product, place, units)
    return window


def _take(stock: dict[tuple[int, int], int], product: int, place: int, units: int) -> None:
    stock[product, place] = stock.get((product, place), 0) - units


def _orders(start: datetime, end: datetime) -> list[PastOrder]:
    active = dict(
        fetch("SELECT code, id FROM inventory_location WHERE is_active AND kind <> 'drop_ship' ORDER BY rank, code")
    )
    places = {channel.pk: serving(channel, active) for channel in Channel.objects.all()}
    found: list[PastOrder] = []
    for row in fetch(ORDERS, [start, end, MOST_ORDERS]):
        number, at, channel, country, state, code, city, tags, total, currency, cancelled, channel_id, lines, really = (
            row
        )
        if not lines:
            continue
        demands = tuple(Demand(*line) for line in json.loads(lines))
        facts = Facts(channel, country, state or "", code or "", frozenset(tags), total, currency, at)
        found.append(
            PastOrder(
                number,
                at,
                facts,
                city,
                demands,
                places[channel_id],
                cancelled,
                None if really is None else tuple(really),
            )
        )
    parts = recipes({d.line_id: d.product_id for order in found for d in order.demands})
    if not parts:
        return found
    known = [tuple(replace(d, parts=parts.get(d.line_id, ())) for d in order.demands) for order in found]
    return [replace(order, demands=demands) for order, demands in zip(found, known, strict=True)]


def by_time(window: Window) -> list[tuple[datetime, int, PastOrder | Change]]:
    """Arrivals, placed orders and cancelled ones in the order they happened; what came in an instant comes before who asks."""
    steps: dict[int, list] = defaultdict(list)
    steps[0] = [(c.at, 0, c) for c in window.changes]
    steps[1] = [(o.at, 1, o) for o in window.orders]
    steps[2] = [(max(o.cancelled_at, o.at), 2, o) for o in window.orders if o.cancelled_at]
    return sorted((step for group in steps.values() for step in group), key=lambda step: step[:2])
