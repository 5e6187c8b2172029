"""Who wants how much of a scarce product, what each has now, and what there is to share. Only reads."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from inventory.models import Allocation, Backorder, Location, Product, StockLevel
from inventory.promising import Coming, Waiting, forecasts
from orders.capture.catalogue import serving
from orders.models import Channel, OrderLine
from orders.states import OPEN_STATUSES, OrderStatus

MOST = 500  # orders shared between at once, the longest waiting; each is locked by a decision


@dataclass(frozen=True)
class Ask:
    """One order line that wants the product. `held`: softly reserved units per place, which a decision may move.

    `fixed` units are allocated to the confirmed order: no decision takes them. `lacks` are units of other products the
    order waits for besides; `since` is its place in the queue; `worth` is what one unit brings in the order's currency.
    """

    line_id: int
    number: str
    channel: str
    customer: str
    priority: int
    since: datetime
    waiting: int
    held: Mapping[int, int]
    fixed: int
    lacks: int
    worth: Decimal
    currency: str
    is_new: bool
    places: tuple[int, ...]

    @property
    def has(self) -> int:
        return sum(self.held.values())

    @property
    def wants(self) -> int:
        return self.waiting + self.has


@dataclass(frozen=True)
class Picture:
    """Everything a decision rests on. `pool` is what may be shared per place: free units and softly held ones."""

    product: Product
    asks: tuple[Ask, ...]
    pool: Mapping[int, int]
    free: Mapping[int, int]
    beyond: int = 0  # waiting lines after the first five hundred
    places: Mapping[int, str] = field(default_factory=dict)

    @property
    def wanted(self) -> int:
        return sum(ask.wants for ask in self.asks)

    @property
    def to_share(self) -> int:
        return sum(self.pool.values())

    @property
    def waiting(self) -> int:
        return sum(ask.waiting for ask in self.asks)

    @property
    def version(self) -> str:
        """Changes with every fact that a proposal rests on."""
        facts = [
            (a.line_id, a.waiting, sorted(a.held.items()), a.lacks, a.priority, str(a.worth), a.is_new, a.places)
            for a in self.asks
        ]
        text = json.dumps([facts, sorted(self.pool.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def picture_of(product: Product) -> Picture:
    """The picture of `product` as it stands now, in a fixed number of questions whatever waits."""
    queue = {b.line_id: b for b in Backorder.objects.filter(product=product)}
    soft: dict[int, list[Allocation]] = {}
    for row in Allocation.objects.filter(product=product, kind="soft"):
        soft.setdefault(row.line_id, []).append(row)
    lines = OrderLine.objects.filter(pk__in=queue.keys() | soft.keys(), order__status__in=OPEN_STATUSES)
    places = {pk: (code, name) for pk, code, name in _places()}
    serves: dict[int, tuple[int, ...]] = {}
    own: dict[str, int] = {}
    rows = list(lines.select_related("order__channel"))
    for line in rows:
        own[line.order.number] = own.get(line.order.number, 0) + line.qty_backordered
    asks = [_ask(line, queue.get(line.pk), soft.get(line.pk, ()), own, serves, places) for line in rows]
    asks.sort(key=lambda a: (a.since, a.line_id))
    asks, beyond = asks[:MOST], len(asks[MOST:])
    free = dict(
        StockLevel.objects.filter(product=product, location__in=places, available__gt=0).values_list(
            "location_id", "available"
        )
    )
    pool = dict(free)
    for ask in asks:
        for place, qty in ask.held.items():
            pool[place] = pool.get(place, 0) + qty
    return Picture(product, tuple(asks), pool, free, beyond, {pk: name for pk, (_, name) in places.items()})


def is_scarce(picture: Picture) -> bool:
    """Whether the free units are fewer than what waits, or lie where they cannot serve everybody."""
    queue = [Waiting(a.line_id, 0, a.waiting, frozenset(a.places)) for a in picture.asks if a.waiting]
    here = [Coming("free", 0, place, qty, date.min) for place, qty in picture.free.items()]
    return bool(picture.beyond) or any(f.missing for f in forecasts(queue, here).values())


def _places() -> Iterable[tuple[int, str, str]]:
    return Location.objects.filter(is_active=True).order_by("rank", "code").values_list("pk", "code", "name")


def _ask(
    line: OrderLine, waits: Backorder | None, soft: Iterable[Allocation], own: Mapping[str, int],
    serves: dict[int, tuple[int, ...]], places: Mapping[int, tuple[str, str]],
) -> Ask:  # fmt: skip
    order = line.order
    held: dict[int, int] = {}
    for row in soft:
        held[row.location_id] = held.get(row.location_id, 0) + row.qty
    since = [waits.created_at] if waits else []
    may = _serving(order.channel, serves, places)
    return Ask(
        line.pk, order.number, order.channel.name, order.customer_name, order.priority,
        min([*since, *(row.created_at for row in soft)]), waits.qty if waits else 0, held, line.qty_allocated,
        order.qty_backordered - own[order.number], line.total / line.qty_ordered, order.currency,
        order.status == OrderStatus.NEW, (*may, *(place for place in held if place not in may)),
    )  # fmt: skip


def _serving(
    channel: Channel, serves: dict[int, tuple[int, ...]], places: Mapping[int, tuple[str, str]]
) -> tuple[int, ...]:
    if channel.pk not in serves:
        serves[channel.pk] = serving(channel, {code: pk for pk, (code, _) in places.items()})
    return serves[channel.pk]
