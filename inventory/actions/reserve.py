"""Promise stock to order lines: plan over the locations, claim, and queue what nobody has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inventory.ledger import Claim, claim
from inventory.models import Backorder
from inventory.routing.plan import Demand, RoutingPlan, plan_order
from oms.kernel.clock import now
from oms.kernel.db import fetch, insert_rows

Stock = dict[tuple[int, int], int]  # (product id, location id) -> units available


@dataclass(frozen=True)
class OrderDemand:
    """What one order wants and where it may come from, best location first."""

    order_number: str
    demands: tuple[Demand, ...]
    location_ids: tuple[int, ...]


@dataclass(frozen=True)
class Reserved:
    """What one order got (`held`: units per line), what is queued (`short`: units per line), and why from there."""

    held: Mapping[int, int] = field(default_factory=dict)
    short: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""


def reserve_orders(
    wanted: Sequence[OrderDemand], *, kind: str, expires_at: datetime | None = None, stock: Stock | None = None
) -> dict[str, Reserved]:
    """Promise stock to several orders, first come first served; what nobody has becomes a back-order.

    Call it as the last write of the transaction, under the orders' locks. Returns the outcome per order number.
    `stock` is a reading of this transaction, when the caller has one; what gets promised is taken off it.
    """
    # First try against an unlocked reading; only orders that lost a race are planned again on locked rows.
    outcome, lost = _try(wanted, _read_stock(wanted) if stock is None else stock, kind, expires_at)
    if lost:
        settled, still_lost = _try(lost, _read_stock(lost, lock=True), kind, expires_at)
        if still_lost:
            raise AssertionError("a claim on locked stock rows cannot be lost")
        for number, later in settled.items():
            outcome[number] = _merged(outcome[number], later)
    _queue_short(wanted, outcome)
    return outcome


def _try(
    wanted: Sequence[OrderDemand], stock: Stock, kind: str, expires_at
) -> tuple[dict[str, Reserved], list[OrderDemand]]:
    plans: dict[str, RoutingPlan] = {}
    for order in wanted:
        plan = plans[order.order_number] = plan_order(order.demands, order.location_ids, stock)
        for a in plan.assignments:
            stock[a.product_id, a.location_id] -= a.qty
    claims = {
        number: [Claim(a.line_id, number, a.product_id, a.location_id, a.qty) for a in plan.assignments]
        for number, plan in plans.items()
    }
    won = claim([c for group in claims.values() for c in group], kind=kind, expires_at=expires_at)
    outcome, lost = {}, []
    for order in wanted:
        number, plan = order.order_number, plans[order.order_number]
        missed = [c for c in claims[number] if (c.product_id, c.location_id) not in won]
        if missed:
            lost.append(
                OrderDemand(number, tuple(Demand(c.line_id, c.product_id, c.qty) for c in missed), order.location_ids)
            )
        outcome[number] = _outcome(claims[number], missed, plan)
    return outcome, lost


def _outcome(claims: list[Claim], missed: list[Claim], plan: RoutingPlan) -> Reserved:
    held: dict[int, int] = {}
    for c in claims:
        if c not in missed:
            held[c.line_id] = held.get(c.line_id, 0) + c.qty
    return Reserved(held, dict(plan.short), plan.reason)


def _merged(first: Reserved, later: Reserved) -> Reserved:
    held, short = dict(first.held), dict(first.short)
    for line_id, qty in later.held.items():
        held[line_id] = held.get(line_id, 0) + qty
    for line_id, qty in later.short.items():
        short[line_id] = short.get(line_id, 0) + qty
    return Reserved(held, short, later.reason)


def _read_stock(wanted: Sequence[OrderDemand], *, lock: bool = False) -> Stock:
    products = sorted({d.product_id for order in wanted for d in order.demands})
    locations = sorted({loc for order in wanted for loc in order.location_ids})
    sql = (
        "SELECT product_id, location_id, available FROM inventory_stocklevel "
        "WHERE product_id = ANY(%s::bigint[]) AND location_id = ANY(%s::bigint[])"
    )
    if lock:
        sql += " ORDER BY product_id, location_id FOR UPDATE"
    return {(p, loc): available for p, loc, available in fetch(sql, [products, locations])}


def _queue_short(wanted: Sequence[OrderDemand], outcome: dict[str, Reserved]) -> None:
    product_of = {d.line_id: d.product_id for order in wanted for d in order.demands}
    at = now()
    rows = [
        (line_id, number, product_of[line_id], qty, at)
        for number, reserved in outcome.items()
        for line_id, qty in reserved.short.items()
    ]
    insert_rows(Backorder, ("line_id", "order_number", "product", "qty", "created_at"), rows)
