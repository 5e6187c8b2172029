"""Put units that left and never arrived back to work, at the price they were ordered for."""

from collections.abc import Mapping
from typing import Any

from inventory.actions.reserve import reserve_orders
from inventory.models import Occasion
from inventory.routing.plan import Demand
from oms.events.publish import publish
from oms.kernel.plural import plural
from orders.actions.finish import take_up_again
from orders.actions.progress import report_quantities
from orders.locks import lines_of
from orders.models import Order
from orders.sending import demands_of


def send_again(order: Order, units: Mapping[int, int], *, reason: str, actor: Any) -> None:
    """Open {line id: units} of a locked order, written off before, once more: they count as not dispatched yet.

    Hard-allocated at once, for the order is confirmed; what nobody has is queued as a back-order.
    """
    lines = {line.pk: line for line in lines_of(order) if line.pk in units}
    back = {pk: {"written_off": -qty, "dispatched": -qty} for pk, qty in units.items()}
    report_quantities(order, back)
    take_up_again(order, reason=reason, actor=actor)
    publish(
        "orders.sent_again", subject=order.number, actor=actor, label=plural(sum(units.values()), "unit"), reason=reason
    )
    demands = tuple(Demand(pk, x.product_id, units[pk]) for pk, x in lines.items() if x.product_id)
    got = reserve_orders(demands_of(order, demands), kind="hard", occasion=Occasion.CHANGED).get(order.number)
    if got is None:
        return
    held = {pk: {"allocated": qty} for pk, qty in got.held.items()}
    for pk, qty in got.short.items():
        held.setdefault(pk, {})["backordered"] = qty
    report_quantities(order, held)
    if got.held:
        label = ", ".join(f"{qty} of {lines[pk].sku}" for pk, qty in got.held.items())
        publish("orders.allocated", subject=order.number, actor=actor, label=label)
