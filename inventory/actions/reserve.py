"""Promise stock to order lines: plan over the locations, claim, and queue what nobody has."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from inventory.decisions import CHOSEN_BY, keep
from inventory.for_sale import IS_DECIDED
from inventory.geography import points_at
from inventory.kits import ASKED, OF_ASKED, Parts, by_line, components, freeze, given
from inventory.ledger import Claim, claim, lock_levels
from inventory.models import Occasion
from inventory.offers import FROM, ROW, claim_offers, lock_offers, offers_from
from inventory.routebook import count_in, routebook
from inventory.routing.facts import BUILT_IN, Facts, Offers, World
from inventory.routing.plan import Demand, RoutingPlan, plan_order
from inventory.routing.suppliers import plan_with_suppliers
from inventory.supply import Supply
from oms.kernel.clock import now
from oms.kernel.db import attempt, fetch

Place = tuple[int, int]  # product id, location id
Stock = dict[Place, int]  # units available


@dataclass(frozen=True)
class Shelves:
    """A reading of what is available, of the units each channel (code) leaves of a product, and of what suppliers send."""

    stock: Stock
    kept: Mapping[tuple[int, str], int]
    offers: Offers = field(default_factory=dict)


@dataclass(frozen=True)
class OrderDemand:
    """What one order wants, where it may come from (best location first), and what rules may ask about it.

    `excluded` locations refused it before: they are looked at and never chosen. An order that goes to several places
    has one demand for each, named by `to`, and each is planned by itself. `only` places may send it when a person, named
    by `chosen_by`, said so; the rules are not asked then.
    """

    order_number: str
    demands: tuple[Demand, ...]
    location_ids: tuple[int, ...]
    facts: Facts = field(default_factory=Facts)
    excluded: frozenset[int] = frozenset()
    to: str = ""
    only: frozenset[int] = frozenset()
    chosen_by: str = ""


@dataclass(frozen=True)
class Reserved:
    """What one order got (`held`: units per line), what is queued (`short`: units per line), and why from there."""

    held: Mapping[int, int] = field(default_factory=dict)
    short: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""


def reserve_orders(
    wanted: Sequence[OrderDemand], *, kind: str, expires_at: datetime | None = None, shelves: Supply | Shelves | None = None,
    occasion: str = Occasion.PLACED, for_desk: Collection[Place] | None = None,
) -> dict[str, Reserved]:  # fmt: skip
    """Promise stock to several orders, first come first served; what nobody has becomes a back-order.

    The live routing policy chooses the places, and each choice is kept with its reasons as made on `occasion`. Call it
    as the last write of the transaction, under the orders' locks. Returns the outcome per order number. `shelves` are a
    reading of this transaction, when the caller has one, who then also knows the parts of kits; what gets promised is
    taken off it. New demand sees nothing that waits for the fair-share desk. `for_desk` says that these orders are the
    queue: they may have all but what lies at these places, which somebody is to decide on.
    """
    if shelves is None:
        wanted, shelves = _read_first(wanted, for_desk)
    freeze(demand for order in wanted for demand in order.demands)
    try:
        with attempt():
            outcome = _try(wanted, shelves, kind, expires_at, occasion)
    except _LostRace:
        # The savepoint gave back the rows the first try had locked: taken in their order only, all may be wanted now.
        lock_levels({(product, place) for o in wanted for product in components(o.demands) for place in o.location_ids})
        lock_offers({(offer.product_id, offer.location_id) for some in shelves.offers.values() for offer in some})
        newest = _read_stock(wanted, for_desk)
        shelves.stock.update(newest.stock)
        outcome = _try(wanted, Shelves(shelves.stock, newest.kept, newest.offers), kind, expires_at, occasion)
    _queue_short(wanted, outcome)
    return outcome


# The last kind of row is a part of a kit among the lines asked about.
READ = f"""
WITH {ASKED}
SELECT s.product_id, s.location_id, NULL, CASE WHEN NOT %s::bool AND {IS_DECIDED} THEN 0 ELSE s.available END, NULL::json
FROM inventory_stocklevel s JOIN inventory_product p ON p.id = s.product_id
WHERE s.product_id = ANY(%s::bigint[]) AND s.location_id = ANY(%s::bigint[])
UNION ALL
SELECT product_id, NULL, channel, qty, NULL FROM inventory_safetystock
WHERE qty > 0 AND product_id = ANY(%s::bigint[]) AND channel = ANY(%s::text[])
UNION ALL
SELECT NULL, NULL, NULL, NULL, {ROW} FROM {FROM} WHERE i.drop_ship <> '' AND i.product_id = ANY(%s::bigint[])
UNION ALL
SELECT NULL, NULL, NULL, NULL, json_build_object('part', json_build_array(line_id, product_id, qty)) FROM ({OF_ASKED}) AS parts
"""  # noqa: S608  only constants are put in


class _LostRace(Exception):
    """Somebody took units between the reading and the claim. On locked rows this cannot happen."""


def _try(
    wanted: Sequence[OrderDemand], shelves: Supply | Shelves, kind: str, expires_at: datetime | None, occasion: str
) -> dict[str, Reserved]:
    """Plan on `shelves` and claim; either all is claimed or `_LostRace` says that the reading was old."""
    plans = _plan(wanted, shelves, occasion)
    channel_of = {order.order_number: order.facts.channel for order in wanted}
    claims = [
        Claim(a.line_id, number, a.product_id, a.location_id, a.qty, channel_of[number])
        for number, plan in plans
        for a in plan.assignments
    ]
    pools = {order.facts.channel: order.location_ids for order in wanted}
    outside = {offer.location_id for some in shelves.offers.values() for offer in some}
    ours, theirs = [c for c in claims if c.location_id not in outside], [c for c in claims if c.location_id in outside]
    if claim(ours, kind=kind, expires_at=expires_at, pools=pools) != {(c.product_id, c.location_id) for c in ours}:
        raise _LostRace
    if not claim_offers(theirs, kind=kind, expires_at=expires_at):
        raise _LostRace
    count_in(place for _, plan in plans for place in plan.places)
    outcome: dict[str, Reserved] = {}
    for number, plan in plans:
        outcome[number] = _outcome(plan, outcome.get(number))
    return outcome


def _plan(wanted: Sequence[OrderDemand], shelves: Supply | Shelves, occasion: str) -> list[tuple[str, RoutingPlan]]:
    """Plan every order on `shelves`, take what each got off them, and keep the decisions: before a stock row is locked."""
    theirs = {offer.location_id for some in shelves.offers.values() for offer in some}
    book = routebook({place for order in wanted for place in order.location_ids} | theirs)
    points = points_at({_destination(o) for o in wanted}) if book.policy.asks_distance else {}
    load = dict(book.world.load)
    world = World(book.world.places, book.world.freight, load)
    plans: list[tuple[str, RoutingPlan]] = []
    for order in wanted:
        offers = {d.product_id: some for d in order.demands if (some := shelves.offers.get(d.product_id))}
        how = partial(plan_with_suppliers, offers=offers) if offers and not order.only else plan_order
        plan = how(
            order.demands, [world.places[pk] for pk in order.location_ids if not order.only or pk in order.only],
            _for_sale(order, shelves), facts=order.facts, policy=BUILT_IN if order.only else book.policy,
            point=points.get(_destination(order)), world=world, excluded=order.excluded,
        )  # fmt: skip
        if order.only:
            plan = _as_chosen(plan, order)
        if order.to:
            plan = replace(plan, reason=f"{order.to}: {plan.reason}")
        plans.append((order.order_number, plan))
        for a in plan.assignments:
            for product, units in a.takes:
                shelves.stock[product, a.location_id] -= units
        for place in plan.places:
            load[place] = load.get(place, 0) + 1
    keep(((number, occasion, plan) for number, plan in plans), book.policy)
    return plans


def _as_chosen(plan: RoutingPlan, order: OrderDemand) -> RoutingPlan:
    """The same plan, saying that a person decided and no rule."""
    names = ", ".join(c.place.name for c in plan.candidates)
    held = f"held at {names}" if plan.assignments else f"waits for {names or 'a place that is gone'}"
    rule = replace(plan.rule, position=0, name=f"{CHOSEN_BY}{order.chosen_by}")
    return replace(plan, reason=f"{held}, as {order.chosen_by} chose", rule=rule)


def _for_sale(order: OrderDemand, shelves: Supply | Shelves) -> Stock:
    """What the order's channel may promise: the units it leaves are left where it asks last."""
    channel = order.facts.channel
    leaves = {p: qty for p in components(order.demands) if (qty := shelves.kept.get((p, channel)))}
    kits = {d.product_id: d.each for d in order.demands if d.parts and shelves.kept.get((d.product_id, channel))}
    if not leaves and not kits:
        return shelves.stock  # nearly always
    stock = dict(shelves.stock)
    turn = (*order.only, *(place for place in order.location_ids if place not in order.only))
    for product, left in leaves.items():
        for place in reversed(turn):
            take = min(left, max(stock.get((product, place), 0), 0))
            if take:
                stock[product, place] -= take
                left -= take
    for kit, each in kits.items():
        left = shelves.kept[kit, channel]
        for place in reversed(turn):
            take = min(left, max(0, min(stock.get((product, place), 0) // units for product, units in each)))
            for product, units in each if take else ():
                stock[product, place] -= take * units
            left -= take
    return stock


def _destination(order: OrderDemand) -> tuple[str, str]:
    return order.facts.country, order.facts.postal_code


def _outcome(plan: RoutingPlan, before: Reserved | None) -> Reserved:
    """What the plan promises, with what was promised for the order's other addresses."""
    held: dict[int, int] = dict(before.held) if before else {}
    for a in plan.assignments:
        held[a.line_id] = held.get(a.line_id, 0) + a.qty
    short, reasons = (before.short, [before.reason]) if before else ({}, [])
    return Reserved(held, {**short, **plan.short}, "; ".join([*reasons, plan.reason]))


def _read_first(
    wanted: Sequence[OrderDemand], for_desk: Collection[Place] | None
) -> tuple[Sequence[OrderDemand], Shelves]:
    """What is available, and the demands with the parts of those that are kits, whose components take a second reading."""
    shelves, parts = _read(
        wanted, for_desk, {d.line_id: d.product_id for o in wanted for d in o.demands if not d.parts}
    )
    if not parts:
        return wanted, shelves  # nearly always
    wanted = [replace(order, demands=given(order.demands, parts)) for order in wanted]
    return wanted, _read_stock(wanted, for_desk)


def _read_stock(wanted: Sequence[OrderDemand], for_desk: Collection[Place] | None = None) -> Shelves:
    return _read(wanted, for_desk, {})[0]


def _read(
    wanted: Sequence[OrderDemand], for_desk: Collection[Place] | None, lines: Mapping[int, int]
) -> tuple[Shelves, dict[int, Parts]]:
    """A reading for the demands as they are, and the parts of those `lines` {line id: product id} that are kits."""
    products = sorted({product for order in wanted for product in components(order.demands)})
    locations = sorted({loc for order in wanted for loc in order.location_ids})
    channels = sorted({order.facts.channel for order in wanted})
    stock: Stock = {}
    kept: dict[tuple[int, str], int] = {}
    sent: list[Any] = []
    parts: list[Any] = []
    sold = sorted({demand.product_id for order in wanted for demand in order.demands} | set(products))
    rows = fetch(
        READ, [list(lines), list(lines.values()), for_desk is not None, products, locations, sold, channels, products]
    )  # fmt: skip
    for product, place, channel, units, offer in rows:
        if isinstance(offer, dict):
            parts.append(offer["part"])
        elif offer is not None:
            sent.append(offer)
        elif place is None:
            kept[product, channel] = units
        else:
            stock[product, place] = 0 if for_desk and (product, place) in for_desk else units
    offers, left = offers_from(sent)
    return Shelves(stock | left, kept, offers), by_line(parts)


# A line that waits already keeps its place; its day was of fewer units and is said anew.
QUEUE = """
INSERT INTO inventory_backorder AS b (line_id, order_number, product_id, qty, created_at)
SELECT w.line_id, w.order_number, w.product_id, w.qty, %s::timestamptz
FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::int[]) AS w(line_id, order_number, product_id, qty)
ON CONFLICT (line_id, product_id) DO UPDATE SET qty = b.qty + excluded.qty, eta = NULL
"""


def _queue_short(wanted: Sequence[OrderDemand], outcome: dict[str, Reserved]) -> None:
    product_of = {d.line_id: d.product_id for order in wanted for d in order.demands}
    rows = [
        (line_id, number, product_of[line_id], qty)
        for number, reserved in outcome.items()
        for line_id, qty in reserved.short.items()
    ]
    if rows:
        fetch(QUEUE, [now(), *map(list, zip(*rows, strict=True))])
