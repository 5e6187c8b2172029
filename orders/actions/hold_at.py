"""Hold units of an order at a place that a person chose, or let the routing rules decide again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min

from inventory.actions.release import release_order_stock
from inventory.actions.reserve import Reserved, reserve_orders
from inventory.locks import lock_for_moving
from inventory.models import Allocation, Backorder, Location, Occasion
from inventory.routing.plan import Demand
from oms.events.publish import publish
from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.plural import are
from orders.actions.progress import report_quantities
from orders.capture.catalogue import locations_for
from orders.locks import lines_of, lock_order
from orders.models import Order, OrderLine, PlaceChoice
from orders.rules import movable_units
from orders.sending import demands_of, refused_places
from orders.states import OrderStatus


@transaction.atomic
def hold_at(number: str, *, place: str, actor: Any, reason: str = "", lines: Collection[int] = ()) -> Order:
    """Hold the units of `lines` (ids; none: all) at `place` (code), and have them come from nowhere else.

    Before confirmation that is all their units, moved there with what time they have left; afterwards only those that
    wait, because the warehouse works on the others. Refuses a place that has too few, all of it or nothing.
    """
    order, chosen = _lock(number, lines)
    return _hold(order, {line: _location(order, place) for line in chosen}, place, reason, actor)


@transaction.atomic
def hold_lines(number: str, *, places: Mapping[int, str], actor: Any) -> Order:
    """Hold lines each at a place of its own: {line id: code}; else as `hold_at`, all of them or none."""
    order, chosen = _lock(number, places)
    where = {line: _location(order, places[line.pk]) for line in chosen}
    return _hold(order, where, ", ".join(sorted(set(places.values()))), "", actor)


def _location(order: Order, code: str) -> Location:
    """The place of that code, which may send units of the order."""
    location = Location.objects.ours().filter(code=code, is_active=True).first()
    if location is None:
        raise Refused("place_unknown", "Choose one of the places.")
    if location.pk not in locations_for(order.channel):
        raise Refused("place_not_served", f"{location} does not send orders of {order.channel}.")
    if location.pk in refused_places([order.number]).get(order.number, ()):
        raise Refused("place_refused", f"{location} sent work of {order.number} back; choose a place that can send it.")
    return location


def _hold(order: Order, where: Mapping[OrderLine, Location], place: str, reason: str, actor: Any) -> Order:
    who = as_actor(actor)
    for line, location in where.items():
        PlaceChoice.objects.update_or_create(
            line=line,
            defaults={
                "location": location, "reason": reason[:200], "actor_name": who.name, "actor_user_id": who.user_id, "at": now(),
            },
        )  # fmt: skip
    got = _plan_again(order, list(where))
    if got.short:
        raise Refused.because(_lacks(got, where))
    _say(order, got, "orders.place_chosen", actor, label=_label(where, reason), place=place)
    return order


def _lacks(got: Reserved, where: Mapping[OrderLine, Location]) -> list[Refusal]:
    """What each place has too little of, naming the positions of the lines."""
    lines: dict[Location, list[OrderLine]] = {}
    for line, location in where.items():
        if line.pk in got.short:
            lines.setdefault(location, []).append(line)
    return [
        Refusal(
            "place_lacks", f"{location} has free only {'; '.join(_of(line, got) for line in some)}.",
            {"positions": [line.position for line in some]},
        )
        for location, some in lines.items()
    ]  # fmt: skip


def _of(line: OrderLine, got: Reserved) -> str:
    free = got.held.get(line.pk, 0)
    wanted = free + got.short[line.pk]
    return f"{free} of {line.sku}, and {wanted} {are(wanted)} wanted"


@transaction.atomic
def let_rules_decide(number: str, *, actor: Any, lines: Collection[int] = ()) -> Order:
    """Forget the chosen places of `lines` (ids; none: all): units that may still move are promised by the live rules.

    What nobody has waits, as it would have.
    """
    order, chosen = _lock(number, lines)
    dropped, _ = PlaceChoice.objects.filter(line__in=chosen).delete()
    if not dropped:
        raise Refused("no_choice", "The rules decide already.")
    got = _plan_again(order, chosen)
    _say(order, got, "orders.place_left_to_rules", actor, label=", ".join(line.sku for line in chosen))
    return order


def _lock(number: str, lines: Collection[int]) -> tuple[Order, list[OrderLine]]:
    """The locked order and those of its lines that have units a person may still place."""
    order = lock_order(number)
    wanted = [line for line in lines_of(order) if line.product_id and (not lines or line.pk in lines)]
    if closed := movable_units(order, wanted):
        raise Refused.because([closed])
    is_new = order.status == OrderStatus.NEW
    return order, [line for line in wanted if (line.qty_open if is_new else line.qty_backordered)]


def _plan_again(order: Order, lines: Sequence[OrderLine]) -> Reserved:
    """Give back what the lines have softly, or their place in the queue, and promise it anew, by their choices."""
    is_new = order.status == OrderStatus.NEW
    units = {line.pk: line.qty_open if is_new else line.qty_backordered for line in lines}
    soft = Allocation.objects.filter(order_number=order.number, line_id__in=list(units), kind="soft")
    until = soft.aggregate(at=Min("expires_at"))["at"] or now() + timedelta(hours=order.channel.reservation_hours)
    queued = dict(Backorder.objects.filter(line_id__in=list(units)).values_list("line_id", "created_at"))
    places = {*locations_for(order.channel), *soft.values_list("location_id", flat=True)}
    products = {line.product_id for line in lines if line.product_id}
    lock_for_moving(order.number, product_ids=products, location_ids=places)
    release_order_stock(order.number, {line.pk: line.qty_reserved + line.qty_backordered for line in lines})
    demands = tuple(Demand(line.pk, line.product_id, units[line.pk]) for line in lines if line.product_id)
    kind, counter = ("soft", "reserved") if is_new else ("hard", "allocated")
    wanted = demands_of(order, demands)
    got = reserve_orders(wanted, kind=kind, expires_at=until if is_new else None, occasion=Occasion.CHOSEN)[
        order.number
    ]
    for line_id in got.short:
        if line_id in queued:  # what still waits keeps its place in the queue
            Backorder.objects.filter(line_id=line_id).update(created_at=queued[line_id])
    had = {line.pk: line.qty_reserved if is_new else 0 for line in lines}
    deltas = {
        line.pk: {
            counter: got.held.get(line.pk, 0) - had[line.pk], "backordered": got.short.get(line.pk, 0) - line.qty_backordered,
        }
        for line in lines
    }  # fmt: skip
    report_quantities(order, deltas)
    return got


def _say(order: Order, got: Reserved, name: str, actor: Any, **payload: Any) -> None:
    publish(name, subject=order.number, actor=actor, **payload)
    if got.held and order.status != OrderStatus.NEW:
        publish("orders.allocated", subject=order.number, actor=actor, label=payload["label"])


def _label(where: Mapping[OrderLine, Location], reason: str) -> str:
    lines: dict[Location, list[str]] = {}
    for line, location in where.items():
        lines.setdefault(location, []).append(line.sku)
    told = [f"{_some(skus)} at {location}" for location, skus in lines.items()]
    return "; ".join(told) + (f": {reason[:200]}" if reason else "")


def _some(skus: Sequence[str]) -> str:
    return ", ".join(skus[:3]) + (f" and {len(skus) - 3} more" if len(skus) > 3 else "")
