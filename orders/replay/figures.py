"""The result of a replay as the strip of figures above its orders."""

from decimal import Decimal
from typing import Any

from django.urls import reverse

from inventory.models import RoutingReplay
from oms.kernel.money import format_money
from oms.kernel.plural import plural
from oms.ui.charts import Figure


def figures_of(replay: RoutingReplay) -> list[Figure]:
    """Moved, split, distance, freight per currency, waiting: after, and the difference to before. Empty after an error."""
    if not (result := replay.result):
        return []
    url = reverse("routing:policy", args=[replay.policy.version]) + "#moved"
    before, after = result["before"], result["after"]
    found = [
        Figure("Routed differently", result["moved"], url, sub=f"of {plural(result['orders'], 'order')}"),
        Figure(
            "Split",
            share(after["split"], after["sent"]),
            url,
            unit="%",
            sub=f"before {share(before['split'], before['sent'])} %",
        ),
    ]
    if after["km"] is not None:
        found.append(
            Figure(
                "Distance", round(after["km"]), url, unit="km", sub=f"an order; before {round(before['km'] or 0)} km"
            )
        )
    for currency, amount in after["freight"].items():
        was = Decimal(before["freight"].get(currency, "0"))
        found.append(Figure("Freight", _coarse(Decimal(amount), currency), url, sub=f"before {_coarse(was, currency)}"))
    late = {"tone": "late", "icon": "block"} if result["newly_short"] else {}
    found.append(
        Figure("Short of stock", after["short_orders"], url, sub=f"orders; before {before['short_orders']}", **late)
    )
    return found


def share(part: int, whole: int) -> Any:
    """Per cent with one decimal."""
    return round(100 * part / whole, 1) if whole else 0


def _coarse(amount: Decimal, currency: str) -> str:
    """Without the cents: a sum over weeks."""
    return format_money(amount.quantize(Decimal(1)), currency).removesuffix(".00")
