"""What routing is told about an order: what it wants, where it goes, and which places may serve it."""

from collections.abc import Collection

from inventory.actions.reserve import OrderDemand
from inventory.routing.facts import Facts
from inventory.routing.plan import Demand
from oms.kernel.clock import now
from orders.capture.catalogue import locations_for
from orders.models import Channel, Order


def demand_of(order: Order, demands: tuple[Demand, ...], *, excluded: Collection[int] = ()) -> OrderDemand:
    """What `order` wants now, for inventory/actions/reserve; `excluded` location ids refused it before."""
    places = locations_for(order.channel) if demands else ()
    return OrderDemand(order.number, demands, places, facts_of(order, order.channel), frozenset(excluded))


def facts_of(order: Order, channel: Channel) -> Facts:
    """What rules may ask about the order, as it stands now."""
    to = order.ship_to
    return Facts(
        channel.code, order.ship_country or to.get("country", ""), to.get("state", ""), to.get("postal_code", ""),
        frozenset(order.tags), order.total, order.currency, now(),
    )  # fmt: skip
