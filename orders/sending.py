"""What routing is told about an order: what it wants, where it goes, and which places may serve it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache

from django.db.models import QuerySet

from inventory.actions.reserve import OrderDemand
from inventory.routing.facts import Facts
from inventory.routing.plan import Demand
from oms.kernel.clock import now
from oms.kernel.db import fetch
from orders.capture.catalogue import locations_for
from orders.models import Channel, Order, OrderAddress, OrderLine, PlaceChoice, place_name


def demands_of(order: Order, demands: tuple[Demand, ...], *, excluded: Collection[int] = ()) -> list[OrderDemand]:
    """What `order` wants now, for inventory/actions/reserve, each address on its own: from no place that refused it before,
    nor from `excluded` ones."""
    places = locations_for(order.channel) if demands else ()
    if demands:
        excluded = {*excluded, *refused_places([order.number]).get(order.number, ())}
    to: Mapping[int, OrderAddress | None] = {}
    if order.address_count > 1:
        lines = OrderLine.objects.filter(pk__in=[d.line_id for d in demands]).select_related("ship_to")
        to = {line.pk: line.ship_to for line in lines}
    wanted = by_address(order, order.channel, demands, to, places, excluded)
    return _by_choice(wanted) if demands else wanted


def refused_places(numbers: Collection[str] | QuerySet) -> dict[str, frozenset[int]]:
    """{order number: ids of the places that refused work of it, and are never asked again}, of those that one refused.
    `numbers` may be a question for them."""
    # The warehouse stands above this app: known by the name of its relation, as in orders/amending/effects.py.
    if isinstance(numbers, QuerySet):
        asked = Order.objects.filter(number__in=numbers, fulfilment_orders__status="rejected")
        refused = list(asked.values_list("number", "fulfilment_orders__location_id"))
    else:
        refused = fetch(_refused(), [list(numbers)])
    found: dict[str, frozenset[int]] = {}
    for number, place in refused:
        found[number] = found.get(number, frozenset()) | {place}
    return found


@cache
def _refused() -> str:
    work = Order._meta.get_field("fulfilment_orders").related_model
    return (
        f'SELECT o.number, f.location_id FROM orders_order o JOIN "{work._meta.db_table}" f ON f.order_id = o.id '  # noqa: S608
        "WHERE o.number = ANY(%s::text[]) AND f.status = 'rejected'"
    )


def sent_from(serving: Iterable[int], chosen: int | None, refused: Collection[int]) -> tuple[int, ...]:
    """Of the places that serve its channel, those an order line may come from: the one a person holds it at, if any, and
    none that refused the order."""
    return tuple(place for place in serving if place not in refused and chosen in (None, place))


def chosen_places(line_ids: Collection[int]) -> dict[int, int]:
    """{line id: id of the place} of the lines that a person holds at one."""
    return dict(PlaceChoice.objects.filter(line__in=list(line_ids)).values_list("line_id", "location_id"))


def _by_choice(wanted: list[OrderDemand]) -> list[OrderDemand]:
    """The demands, with those of lines that a person holds at a place apart, for that place alone."""
    lines = [d.line_id for one in wanted for d in one.demands]
    choices = {choice.line_id: choice for choice in PlaceChoice.objects.filter(line__in=lines)}
    if not choices:
        return wanted
    apart: list[OrderDemand] = []
    for one in wanted:
        groups: dict[tuple[int, str], list[Demand]] = {}
        for d in one.demands:
            choice = choices.get(d.line_id)
            groups.setdefault((choice.location_id, choice.actor_name) if choice else (0, ""), []).append(d)
        apart += [
            replace(one, demands=tuple(part), only=frozenset({place} if place else ()), chosen_by=by)
            for (place, by), part in groups.items()
        ]
    return apart


def by_address(
    order: Order, channel: Channel, demands: tuple[Demand, ...], to: Mapping[int, OrderAddress | None],
    places: tuple[int, ...], excluded: Collection[int] = (),
) -> list[OrderDemand]:  # fmt: skip
    """The demands, one parcel's way at a time: `to` says where a line goes, nothing for the order's own address."""
    away = frozenset(excluded)
    if order.address_count == 1:
        return [OrderDemand(order.number, demands, places, facts_of(order, channel), away)]
    apart: dict[OrderAddress | None, list[Demand]] = {}
    for d in demands:
        apart.setdefault(to.get(d.line_id), []).append(d)
    return [
        OrderDemand(
            order.number, tuple(part), places, facts_of(order, channel, address), away,
            str(address or place_name(1, order.ship_to)),
        )
        for address, part in apart.items()
    ]  # fmt: skip


def facts_of(order: Order, channel: Channel, address: OrderAddress | None = None) -> Facts:
    """What rules may ask about the order, as it stands now, or about what of it goes to another address."""
    to = address.address if address else order.ship_to
    country = to.get("country", "") if address else order.ship_country or to.get("country", "")
    return Facts(
        channel.code, country, to.get("state", ""), to.get("postal_code", ""), frozenset(order.tags), order.total,
        order.currency, now(),
    )  # fmt: skip
