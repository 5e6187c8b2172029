"""Keep why stock comes from where it comes, and read it for the people who ask."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.models import Occasion, Product, RoutingDecision
from inventory.routing.candidates import VERDICTS
from inventory.routing.facts import Policy, RoutingPlan, Strategy
from oms.kernel.clock import now
from oms.kernel.db import insert_rows
from oms.kernel.load import load

KEPT = 25  # places kept by name, best first; the others are counted
CHOSEN_BY = "Chosen by "  # how the rule is called where a person's choice took its place
COLUMNS = ("order_number", "occasion", "at", "policy", "rule_position", "rule_name", "strategy", "reason", "places",
           "considered", "others", "passed", "sent", "short")  # fmt: skip


def keep(plans: Iterable[tuple[str, str, RoutingPlan]], policy: Policy) -> None:
    """Store the decision of each (order number, occasion, plan); one statement, in the caller's transaction."""
    at = now()
    insert_rows(RoutingDecision, COLUMNS, [_row(*plan, policy, at) for plan in plans])


def keep_chosen(
    numbers: Sequence[str], *, rule: str, reason: str, sent: Mapping[str, Sequence[tuple[int, int, str, int]]]
) -> None:
    """Store that a person chose where units come from: `sent` {order number: (line id, product id, code, units)}."""
    at = now()
    rows = [
        (number, Occasion.SHARED, at, None, 0, rule[:80], Strategy.RANKED.value, reason[:300],
         list(dict.fromkeys(row[2] for row in sent[number])), [], {}, [], [list(row) for row in sent[number]], {})
        for number in numbers
    ]  # fmt: skip
    insert_rows(RoutingDecision, COLUMNS, rows)


def _row(number: str, occasion: str, plan: RoutingPlan, policy: Policy, at: datetime) -> tuple:
    names = {c.place.id: c.place.code for c in plan.candidates}
    considered = [
        (c.place.code, c.place.name, c.verdict, c.detail, c.score, c.has, c.short) for c in plan.candidates[:KEPT]
    ]
    return (
        number, occasion, at, policy.id, plan.rule.position, plan.rule.name[:80], plan.rule.strategy.value, plan.reason[:300],
        [names[pk] for pk in plan.places], considered, Counter(c.verdict for c in plan.candidates[KEPT:]),
        [(p.position, p.name, p.why) for p in plan.passed],
        [(a.line_id, a.product_id, names[a.location_id], a.qty) for a in plan.assignments], plan.short,
    )  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """One place of a decision as the panel shows it. `short`: (SKU, units there, units wanted) of what it lacked."""

    name: str
    chosen: bool
    verdict: str
    detail: str
    score: str
    units: int
    short: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Why:
    """A decision as people read it."""

    at: datetime
    occasion: str
    version: int | None
    policy_id: int | None
    rule: str
    rule_position: int
    strategy: str
    reason: str
    places: Sequence[str]
    by_hand: bool
    looked: Sequence[Looked]
    others: Sequence[tuple[str, int]]
    passed: Sequence[tuple[int, str, str]]
    short: int


SCORES = {
    Strategy.NEAREST: "{:.0f} km", Strategy.CHEAPEST: "freight {:.2f}", Strategy.MOST_STOCK: "{:.0f} in stock",
    Strategy.FEWEST_SPLITS: "{:.0f} of it there", Strategy.REGION: "{:.0f} regions away",
}  # fmt: skip


def why_here(order_number: str, skus: dict[int, str], *, led: tuple[str, Collection[int]] | None = None) -> list[Why]:
    """Every decision about the order, newest first; `skus` names products by id. One query, one more for kits.

    `led`: (code of a place, line ids) puts those first that had this place send one of these lines: a later one may
    be about other units of the order.
    """
    rows = load(RoutingDecision, "m.order_number = %s ORDER BY m.id DESC", [order_number], joined=("policy",))
    if led:
        place, lines = led
        rows.sort(key=lambda row: not any(code == place and line in lines for line, _, code, _ in row.sent))
    lacked = {product for row in rows for place in row.considered for product, *_ in place[6]}
    if unknown := lacked - skus.keys():  # components of kits
        skus = skus | dict(Product.objects.filter(pk__in=unknown).values_list("pk", "sku"))
    return [_why(row, skus) for row in rows]


def _why(row: RoutingDecision, skus: dict[int, str]) -> Why:
    by_hand = row.occasion == Occasion.SHARED or (not row.rule_position and row.rule_name.startswith(CHOSEN_BY))
    return Why(
        row.at, Occasion(row.occasion).label, row.policy and row.policy.version, row.policy_id, row.rule_name,
        row.rule_position, row.strategy, row.reason, list(row.places), by_hand,
        [_looked(place, row.strategy, skus) for place in row.considered],
        [(VERDICTS[verdict], places) for verdict, places in row.others.items()], [tuple(p) for p in row.passed],
        sum(row.short.values()),
    )  # fmt: skip


def _looked(place: list[Any], strategy: str, skus: dict[int, str]) -> Looked:
    _, name, verdict, detail, score, units, short = place
    shown = SCORES[Strategy(strategy)].format(score) if score is not None and Strategy(strategy) in SCORES else ""
    lacks = tuple((skus.get(product, "another item"), there, wanted) for product, there, wanted in short)
    return Looked(name, verdict == "chosen", VERDICTS[verdict], detail, shown, units, lacks)
