"""Tell whoever holds picked units that the order let them go: they belong back on the shelf."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from fulfilment.models import FulfilmentOrderLine
from oms.events.publish import publish
from orders.models import Order


def say_put_back(order: Order, back: Iterable[tuple[FulfilmentOrderLine, int]], *, reason: str, actor: Any) -> None:
    """Say per piece of work which units already picked are wanted no more; nothing where none were. Caller holds the order."""
    units: dict[str, Counter[str]] = {}
    for row, picked in back:
        if picked > 0:
            units.setdefault(row.fo.number, Counter())[row.product.sku] += picked
    for number, each in sorted(units.items()):
        listed = ", ".join(f"{n} × {sku}" for sku, n in sorted(each.items()))
        publish(
            "fulfilment.units_let_go", subject=number, stream=order.number, actor=actor, units=dict(each), reason=reason,
            detail=f"Back to the shelf: {listed}",
        )  # fmt: skip
