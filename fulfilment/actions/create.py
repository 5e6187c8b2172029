"""Turn hard-held stock into work: one fulfilment order per location and address."""

from collections import defaultdict
from collections.abc import Collection

from fulfilment.actions.reroute import free_here, lock_the_move, refused_by, reserve_elsewhere
from fulfilment.actions.supplier.open import open_with_supplier
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import LIVE
from inventory.models import Allocation
from inventory.routebook import routebook
from oms.events.publish import publish_move
from oms.kernel.clock import now
from oms.kernel.db import fetch
from oms.kernel.load import load
from oms.kernel.numbers import next_number
from orders.models import Order, OrderLine

COVERED = """
SELECT l.line_id, f.location_id, sum(l.qty - l.qty_dispatched)::int
FROM fulfilment_fulfilmentorderline l JOIN fulfilment_fulfilmentorder f ON f.id = l.fo_id
WHERE f.order_id = %s::bigint AND f.status = ANY(%s::text[]) GROUP BY 1, 2
"""
Place = tuple[int, int | None]  # location id, and address id (None: the order's own)


def create_work(order_number: str) -> list[FulfilmentOrder]:
    """Open work for every hard-held unit of the locked order no live fulfilment order covers; nothing twice."""
    (order,) = load(Order, "m.number = %s", [order_number])
    _leave_refused_places(order)
    todo = uncovered(order)
    theirs = suppliers_among(todo)
    return [
        open_with_supplier(order, *place, rows) if place[0] in theirs else _open(order, place, rows)
        for place, rows in todo.items()
    ]


def suppliers_among(places: Collection[Place]) -> set[int]:
    """Those of the locations whose goods a supplier sends; the routes are read from the book, not from the database."""
    known = routebook({place for place, _ in places}).world.places if places else {}
    return {place for place, _ in places if known[place].is_supplier}


def uncovered(order: Order) -> dict[Place, list[tuple[int, int, int]]]:
    """Hard-held units that no live fulfilment order covers: location and address -> (line id, product id, units)."""
    to, covered = addresses_of(order), _covered(order)
    todo: dict[Place, list[tuple[int, int, int]]] = defaultdict(list)
    hard = "m.order_number = %s AND m.kind = 'hard' ORDER BY m.location_id, m.line_id"
    for held in load(Allocation, hard, [order.number]):
        if (left := held.qty - covered.get((held.line_id, held.location_id), 0)) > 0:
            todo[held.location_id, to.get(held.line_id)].append((held.line_id, held.product_id, left))
    return todo


def _covered(order: Order) -> dict[tuple[int, int], int]:
    """Units in live work: (line id, location id) -> units."""
    return {(line_id, location_id): units for line_id, location_id, units in fetch(COVERED, [order.pk, list(LIVE)])}


def addresses_of(order: Order) -> dict[int, int]:
    """Where the lines go that do not go to the order's own address: line id -> address id."""
    if order.address_count == 1:
        return {}
    return dict(OrderLine.objects.filter(order=order, ship_to__isnull=False).values_list("pk", "ship_to_id"))


def _leave_refused_places(order: Order) -> None:
    """What was promised softly before a place rejected this order may have become work there: promise it elsewhere instead.

    Units in work that was not rejected stay there: it may be a second piece, and its supplier may have been asked for it.
    """
    refused = refused_by(order)
    if not refused:
        return
    stuck = list(Allocation.objects.filter(order_number=order.number, kind="hard", location_id__in=refused))
    if stuck:
        lock_the_move(order, away_from=refused, product_ids=[])
    covered = _covered(order) if stuck else {}
    for held in stuck:
        qty = held.qty - covered.get((held.line_id, held.location_id), 0)
        if qty > 0:
            free_here(order, held.location_id, {held.line_id: qty})
            reserve_elsewhere(order, {held.line_id: (held.product_id, qty)}, away_from=refused, picked={})


def _open(order: Order, place: Place, rows: list[tuple[int, int, int]]) -> FulfilmentOrder:
    fo = FulfilmentOrder.objects.create(
        number=next_number("fulfilment_order_number_seq", "FO"),
        order=order,
        location_id=place[0],
        ship_to_id=place[1],
        due_at=order.due_at,
        created_at=now(),
    )
    FulfilmentOrderLine.objects.bulk_create(
        FulfilmentOrderLine(fo=fo, line_id=line_id, product_id=product_id, qty=qty) for line_id, product_id, qty in rows
    )
    publish_move(
        "fulfilment.opened", subject=fo.number, actor="system", stream=order.number, machine="fulfilment",
        move="create", source="", target=fo.status,
    )  # fmt: skip
    return fo
