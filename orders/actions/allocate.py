"""Serve waiting demand when stock arrives, oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from inventory.actions.reserve import reserve_orders
from inventory.models import Backorder, LinePart, Occasion, Product, StockLevel, SupplierItem
from inventory.routing.plan import Demand
from oms.events.publish import publish
from oms.kernel.db import fetch
from orders.actions.progress import report_quantities
from orders.locks import lock_order
from orders.models import Order
from orders.sending import demands_of
from orders.sharing.picture import may_gain, picture_of, undecided
from orders.states import OPEN_STATUSES, OrderStatus

# SKUs of an order's lines, and of the parts of its kits, that somebody waits for, or for a kit of.
FREED = """
WITH line AS (
  SELECT l.id, l.product_id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE o.number = %s
), freed AS (
  SELECT product_id FROM line UNION SELECT p.product_id FROM line JOIN inventory_linepart p ON p.line_id = line.id
), waiting AS (
  SELECT product_id FROM inventory_backorder
  UNION SELECT p.product_id FROM inventory_backorder b JOIN inventory_linepart p ON p.line_id = b.line_id
)
SELECT sku FROM inventory_product JOIN freed ON freed.product_id = id JOIN waiting ON waiting.product_id = id ORDER BY sku
"""


def serve_waiting(sku: str, *, actor: Any) -> list[str]:
    """Try every order waiting for `sku`, or for a kit of it, oldest first, one transaction each; return the numbers that
    got something.

    Where a rationed SKU is scarce its units wait for the fair-share desk instead, and nobody gets any of them: no
    kit of it either, whatever else of the kit has come.
    """
    desk = _desk(sku)
    waiting = _queue(sku, desk).order_by("created_at", "pk").values_list("order_number", flat=True)
    served = []
    for number in dict.fromkeys(waiting):
        if _serve(number, sku, desk, actor):
            served.append(number)
        elif not _is_left(sku):
            break  # ten may have come for ten thousand
    return served


def _is_left(sku: str) -> bool:
    """Whether anybody could still get a unit: free at some place, from a supplier, or as a kit, which its parts decide."""
    product = Product.objects.get(sku=sku)
    if product.is_kit or SupplierItem.objects.filter(product=product).exclude(drop_ship="").exists():
        return True
    return StockLevel.objects.filter(product=product, available__gt=0).exists()


def serve_freed(number: str, *, actor: Any) -> list[str]:
    """Give what order `number` let go, of our stock or a supplier's, to the orders that wait for it; return the SKUs
    somebody waits for."""
    wanted = [sku for (sku,) in fetch(FREED, [number])]
    for sku in wanted:
        serve_waiting(sku, actor=actor)
    return wanted


@dataclass(frozen=True)
class _Desk:
    """What the fair-share desk is to decide on: (product, place) of the units, and lines that could get no others."""

    places: frozenset[tuple[int, int]]
    lines: frozenset[int]


def _desk(sku: str) -> _Desk:
    """The desk's part in `sku` and in what waiting kits of it need besides."""
    kits = LinePart.objects.filter(line_id__in=Backorder.objects.of(sku).values("line_id"))
    places, lines = set(), set()
    for product in Product.objects.filter(Q(sku=sku) | Q(pk__in=kits.values("product")), is_rationed=True):
        picture = picture_of(product, whole=True)
        if at := undecided(picture):
            others = may_gain(picture, picture.free.keys() - at)
            places |= {(product.pk, place) for place in at}
            lines |= {ask.line_id for ask in picture.asks} - {ask.line_id for ask in others}
    return _Desk(frozenset(places), frozenset(lines))


def _queue(sku: str, desk: _Desk) -> QuerySet[Backorder]:
    return Backorder.objects.of(sku).exclude(line_id__in=desk.lines)


@transaction.atomic
def _serve(number: str, sku: str, desk: _Desk, actor: Any) -> bool:
    order = lock_order(number)
    queued = list(_queue(sku, desk).filter(order_number=number).order_by("pk"))
    if not queued or order.status not in OPEN_STATUSES:
        return False
    kind, counter = ("soft", "reserved") if order.status == OrderStatus.NEW else ("hard", "allocated")
    product_of = {q.line_id: q.product_id for q in queued}
    since = {q.line_id: q.created_at for q in queued}
    demands = tuple(Demand(q.line_id, q.product_id, q.qty) for q in queued)
    Backorder.objects.filter(pk__in=[q.pk for q in queued]).delete()
    wanted = demands_of(order, demands)
    got = reserve_orders(wanted, kind=kind, occasion=Occasion.ARRIVED, for_desk=desk.places)[number]
    for line_id in got.short:
        # What is still missing keeps its place in the queue.
        Backorder.objects.filter(line_id=line_id, product_id=product_of[line_id]).update(created_at=since[line_id])
    if not got.held:
        return False
    report_quantities(order, {pk: {"backordered": -qty, counter: qty} for pk, qty in got.held.items()})
    publish("orders.allocated", subject=number, actor=actor, label=_label(order, got.held, sku))
    return True


def _label(order: Order, held: Mapping[int, int], sku: str) -> str:
    """What the order got, by the SKU of its own line: a component served its kit."""
    skus = dict(order.lines.filter(pk__in=list(held)).values_list("pk", "sku"))
    return ", ".join(f"{qty} of {skus.get(pk, sku)}" for pk, qty in held.items())
