"""Page-shaped reads of where an order's units lie and where else they could come from."""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.kits import could_make, recipes
from inventory.models import Allocation, Location, StockLevel
from orders.capture.catalogue import locations_for
from orders.models import Order, OrderLine, PlaceChoice
from orders.sending import refused_places
from orders.states import OrderStatus


@dataclass(frozen=True)
class Spot:
    """A place for a line: units free there besides those the line holds there already."""

    location: Location
    free: int
    held: int

    @property
    def could(self) -> int:
        return self.free + self.held


@dataclass(frozen=True)
class Placeable:
    """A line with units that a person may place: how many, where they lie, and what each place could give."""

    line: OrderLine
    units: int
    spots: Sequence[Spot]
    choice: PlaceChoice | None


def placeable(order: Order) -> list[Placeable]:
    """The lines of `order` that a person may place, each with the places of its channel, best first; without those that
    refused the order."""
    is_new = order.status == OrderStatus.NEW
    lines = [x for x in order.lines.select_related("product").order_by("position") if x.product_id]
    lines = [x for x in lines if (x.qty_open if is_new else x.qty_backordered)]
    refused = refused_places([order.number]).get(order.number, ())
    ids = [pk for pk in locations_for(order.channel) if pk not in refused]
    places = Location.objects.in_bulk(ids)
    parts = recipes({x.pk: x.product_id for x in lines})
    needs = {x.pk: parts.get(x.pk, ((x.product_id or 0, 1),)) for x in lines}
    wanted = {product for each in needs.values() for product, _ in each}
    levels: dict[int, dict[int, int]] = {}
    for place, product, available in StockLevel.objects.filter(product__in=wanted, location__in=ids).values_list(
        "location_id", "product_id", "available"
    ):
        levels.setdefault(place, {})[product] = available
    held = {
        (a.line_id, a.location_id): a.qty
        for a in Allocation.objects.filter(order_number=order.number, kind="soft", line_id__in=list(needs))
    }
    choices = {c.line_id: c for c in PlaceChoice.objects.filter(line__in=lines).select_related("location")}
    return [
        Placeable(
            x, x.qty_open if is_new else x.qty_backordered,
            [Spot(places[pk], could_make(needs[x.pk], levels.get(pk, {})), held.get((x.pk, pk), 0)) for pk in ids],
            choices.get(x.pk),
        )
        for x in lines
    ]  # fmt: skip
