"""Two policies over one window: what would have been different."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from orders.replay.past import PastOrder, Window
from orders.replay.simulate import Outcome, Told

KEPT = 1000  # moved orders kept by name


def compare(window: Window, live: Told, draft: Told) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Figures before and after, and the orders that would come from elsewhere, those that would wait longer first."""
    moved = [o for o in window.orders if _differs(live.outcomes[o.number], draft.outcomes[o.number])]
    rows = [_row(o, live.outcomes[o.number], draft.outcomes[o.number]) for o in moved]
    rows.sort(key=lambda r: -r["more_short"])
    known = [o for o in window.orders if o.really is not None]
    same = sum(set(o.really or ()) == set(live.outcomes[o.number].places) for o in known)
    result = {
        "orders": len(window.orders), "moved": len(moved), "before": _figures(window, live), "after": _figures(window, draft),
        "newly_short": sum(r["more_short"] > 0 for r in rows), "no_longer_short": sum(r["more_short"] < 0 for r in rows),
        "known": len(known), "as_it_was": same,
    }  # fmt: skip
    return result, rows[:KEPT]


def _differs(one: Outcome, other: Outcome) -> bool:
    return set(one.places) != set(other.places) or one.short != other.short


def _figures(window: Window, told: Told) -> dict[str, Any]:
    """Sums of one policy. Distance and freight over the orders where they are known; freight per currency."""
    outcomes = [told.outcomes[o.number] for o in window.orders]
    sent = [o for o in outcomes if o.places]
    away = [o.km for o in sent if o.km is not None]
    freight: dict[str, Decimal] = defaultdict(Decimal)
    for order in window.orders:
        outcome = told.outcomes[order.number]
        if outcome.places and outcome.freight is not None:
            freight[order.facts.currency] += outcome.freight
    return {
        "sent": len(sent), "split": sum(len(o.places) > 1 for o in sent), "parcels": sum(len(o.places) for o in sent),
        "km": round(sum(away) / len(away), 1) if away else None, "km_known": len(away),
        "freight": {currency: str(amount) for currency, amount in sorted(freight.items())},
        "short_orders": sum(o.short > 0 for o in outcomes), "short_units": sum(o.short for o in outcomes),
    }  # fmt: skip


def _row(order: PastOrder, live: Outcome, draft: Outcome) -> dict[str, Any]:
    return {
        "number": order.number, "to": order.city, "before": list(live.names), "before_rule": live.rule, "after": list(draft.names),
        "after_rule": draft.rule, "short": draft.short, "more_short": draft.short - live.short,
        "km": None if live.km is None or draft.km is None else round(draft.km - live.km),
        "freight": None if live.freight is None or draft.freight is None else str(draft.freight - live.freight),
        "currency": order.facts.currency,
    }  # fmt: skip
