"""Who wants how much of a scarce product, what each has now, and what there is to share. Only reads."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from inventory.models import Allocation, Backorder, LinePart, Location, Product, StockLevel
from inventory.promising import Coming, Waiting, forecasts
from orders.capture.catalogue import serving
from orders.models import Channel, OrderLine
from orders.sending import chosen_places, refused_places, sent_from
from orders.states import OPEN_STATUSES, OrderStatus

Wait = tuple[int, Collection[int]]  # units that wait, and the places they may be sent from
MOST = 500  # orders shared between at once, the longest waiting; each is locked by a decision


@dataclass(frozen=True)
class Ask:
    """One order line that wants the product. `held`: softly reserved units per place, which a decision may move.

    `fixed` units are allocated to the confirmed order: no decision takes them. `lacks` are units of other products the
    order waits for besides; `since` is its place in the queue; `worth` is what one unit brings in the order's currency.
    A line of a kit takes whole kits: `per` units at once, with its other components `besides` {product id: units in one};
    `kit` is its SKU. Counted are units of the shared product all the same. `product_id` is what the line sells.
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
    product_id: int = 0
    per: int = 1
    besides: Mapping[int, int] = field(default_factory=dict)
    kit: str = ""

    @property
    def has(self) -> int:
        return sum(self.held.values())

    @property
    def wants(self) -> int:
        return self.waiting + self.has


@dataclass(frozen=True)
class Picture:
    """Everything a decision rests on. `pool` is what may be shared per place: free units where somebody who
    asks is sent from, and softly held ones; `free` are those anywhere.

    `others` {(product id, place): units} is the same of what kits among the lines need besides.
    """

    product: Product
    asks: tuple[Ask, ...]
    pool: Mapping[int, int]
    free: Mapping[int, int]
    beyond: int = 0  # waiting lines after the first five hundred
    places: Mapping[int, str] = field(default_factory=dict)
    others: Mapping[tuple[int, int], int] = field(default_factory=dict)

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
            (a.line_id, a.waiting, sorted(a.held.items()), a.lacks, a.priority, str(a.worth), a.is_new, a.places, a.per)
            for a in self.asks
        ]
        text = json.dumps([facts, sorted(self.pool.items()), sorted(self.others.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def picture_of(product: Product, *, whole: bool = False) -> Picture:
    """The picture of `product` as it stands now, in a fixed number of questions whatever waits; `whole`: with all that asks.

    Kits that it goes into ask by their component; a kit itself has nothing to share.
    """
    queue = {b.line_id: b for b in Backorder.objects.of(product.sku)}
    parts = _recipes(product, queue)
    soft: dict[int, list[Allocation]] = {}
    # What a supplier sends is none of ours to share.
    ours = Allocation.objects.exclude(location__kind="drop_ship")
    for row in ours.filter(Q(product=product) | Q(line_id__in=parts), kind="soft"):
        soft.setdefault(row.line_id, []).append(row)
    lines = OrderLine.objects.filter(pk__in=queue.keys() | soft.keys(), order__status__in=OPEN_STATUSES)
    places = {pk: (code, name) for pk, code, name in _places()}
    serves: dict[int, tuple[int, ...]] = {}
    own: dict[str, int] = {}
    rows = [line for line in lines.select_related("order__channel") if not product.is_kit]
    for line in rows:
        own[line.order.number] = own.get(line.order.number, 0) + line.qty_backordered
    refused = refused_places({line.order.number for line in rows})
    chosen = chosen_places([line.pk for line in rows])
    asks = [
        _ask(
            line,
            product,
            parts.get(line.pk, {}),
            queue.get(line.pk),
            soft.get(line.pk, ()),
            own,
            sent_from(
                _serving(line.order.channel, serves, places), chosen.get(line.pk), refused.get(line.order.number, ())
            ),
        )
        for line in rows
    ]
    asks.sort(key=lambda a: (a.since, a.line_id))
    most = len(asks) if whole else MOST
    near = {place for ask in asks for place in ask.places}
    asks, beyond = asks[:most], len(asks[most:])
    free = dict(
        StockLevel.objects.filter(product=product, location__in=places, available__gt=0).values_list(
            "location_id", "available"
        )
    )
    pool = {place: units for place, units in free.items() if place in near}
    for ask in asks:
        for place, qty in ask.held.items():
            pool[place] = pool.get(place, 0) + qty
    names = {pk: name for pk, (_, name) in places.items()}
    return Picture(product, tuple(asks), pool, free, beyond, names, _others(asks, places))


def is_scarce(picture: Picture) -> bool:
    """Whether the free units are fewer than what waits, or lie where they cannot serve everybody."""
    waits = [(ask.waiting, ask.places) for ask in picture.asks if ask.waiting]
    return bool(picture.beyond or _lacking(waits, picture.free))


def undecided(picture: Picture) -> frozenset[int]:
    """The places whose free units wait for a decision: they are rationed there, and too few for those who wait.

    Who may be served from either of two places makes them one shelf: what one of the two sends is missing to nobody else
    only if the other has enough as well. Places that nobody links are scarce each for itself.
    """
    waits = [(ask.waiting, ask.places) for ask in picture.asks if ask.waiting]
    return scarce_places(picture.product, waits, picture.free, all_lack=bool(picture.beyond))


def scarce_places(
    product: Product, waits: Sequence[Wait], free: Mapping[int, int], *, all_lack: bool = False
) -> frozenset[int]:
    """The rationed places whose free units are too few for those who wait, the longest waiting first."""
    if not product.is_rationed:
        return frozenset()
    shelves = _shelves([{p for p in places if product.is_rationed_at(p)} for _, places in waits])
    if all_lack:
        return frozenset().union(*shelves)
    lacks = {place for at in _lacking(waits, free) for place in waits[at][1]}
    return frozenset().union(*(shelf for shelf in shelves if shelf & lacks))


def may_gain(picture: Picture, places: Collection[int] | None = None) -> list[Ask]:
    """The waiting lines that could get something of what is free at one of `places` (None: anywhere): it lies where they
    are served from, whole kits of it."""
    return [
        ask
        for ask in picture.asks
        if ask.waiting
        and any(_has_one(picture, ask, place) for place in ask.places if places is None or place in places)
    ]


def _lacking(waits: Sequence[Wait], free: Mapping[int, int]) -> list[int]:
    """Which of `waits` get less than that, when everybody is served in turn from what is free."""
    queue = [Waiting(at, 0, units, frozenset(places)) for at, (units, places) in enumerate(waits)]
    here = [Coming("free", 0, place, qty, date.min) for place, qty in free.items()]
    found = forecasts(queue, here)
    return [at for at in range(len(waits)) if found[at].missing]


def _shelves(linked: Iterable[set[int]]) -> list[set[int]]:
    """The sets joined wherever two of them share a place."""
    shelves: list[set[int]] = []
    for places in linked:
        apart = [shelf for shelf in shelves if not shelf & places]
        shelves = [*apart, places.union(*(shelf for shelf in shelves if shelf & places))] if places else shelves
    return shelves


def _has_one(picture: Picture, ask: Ask, place: int) -> bool:
    return picture.free.get(place, 0) >= ask.per and all(
        picture.others.get((product, place), 0) >= qty for product, qty in ask.besides.items()
    )


def _recipes(product: Product, queue: Mapping[int, Backorder]) -> dict[int, dict[int, int]]:
    """{line id: {component: units in one}} of the lines of kits that hold the product and wait or are softly held."""
    of = LinePart.objects.filter(product=product)
    held = of.filter(line_id__in=Allocation.objects.filter(kind="soft").values("line_id"))
    lines = {*held.values_list("line_id", flat=True), *queue}
    found: dict[int, dict[int, int]] = {}
    for line, part, qty in LinePart.objects.filter(line_id__in=lines).values_list("line_id", "product_id", "qty"):
        found.setdefault(line, {})[part] = qty
    return found


def _others(asks: Iterable[Ask], places: Mapping[int, tuple[str, str]]) -> dict[tuple[int, int], int]:
    wanted = {product for ask in asks for product in ask.besides}
    if not wanted:
        return {}
    levels = StockLevel.objects.filter(product__in=wanted, location__in=places, available__gt=0)
    there = {(product, place): qty for product, place, qty in levels.values_list("product", "location", "available")}
    for ask in asks:
        for place, qty in ask.held.items():
            for product, each in ask.besides.items():
                there[product, place] = there.get((product, place), 0) + qty // ask.per * each
    return there


def _places() -> Iterable[tuple[int, str, str]]:
    return Location.objects.ours().filter(is_active=True).order_by("rank", "code").values_list("pk", "code", "name")


def _ask(
    line: OrderLine, product: Product, recipe: Mapping[int, int], waits: Backorder | None, soft: Iterable[Allocation],
    own: Mapping[str, int], may: tuple[int, ...],
) -> Ask:  # fmt: skip
    order, per = line.order, recipe.get(product.pk, 1)
    held: dict[int, int] = {}
    for row in soft:
        held[row.location_id] = held.get(row.location_id, 0) + row.qty * per
    since = [waits.created_at] if waits else []
    return Ask(
        line.pk, order.number, order.channel.name, order.customer_name, order.priority,
        min([*since, *(row.created_at for row in soft)]), waits.qty * per if waits else 0, held, line.qty_allocated * per,
        order.qty_backordered - own[order.number], line.total / (line.qty_ordered * per), order.currency,
        order.status == OrderStatus.NEW, (*may, *(place for place in held if place not in may)), line.product_id or 0, per,
        {part: qty for part, qty in recipe.items() if part != product.pk}, line.sku if recipe else "",
    )  # fmt: skip


def _serving(
    channel: Channel, serves: dict[int, tuple[int, ...]], places: Mapping[int, tuple[str, str]]
) -> tuple[int, ...]:
    if channel.pk not in serves:
        serves[channel.pk] = serving(channel, {code: pk for pk, (code, _) in places.items()})
    return serves[channel.pk]
