"""Serve waiting demand when stock arrives, oldest first."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from inventory.actions.reserve import reserve_orders
from inventory.models import Backorder, LinePart, Occasion, Product
from inventory.routing.plan import Demand
from oms.events.publish import publish
from orders.actions.progress import report_quantities
from orders.locks import lock_order
from orders.models import Order, OrderLine
from orders.sending import demands_of
from orders.sharing.picture import is_scarce, picture_of
from orders.states import OPEN_STATUSES, OrderStatus


def serve_waiting(sku: str, *, actor: Any) -> list[str]:
    """Try every order waiting for `sku`, or for a kit of it, oldest first, one transaction each; return the numbers that
    got something.

    A rationed SKU of which there is too little waits for the fair-share desk instead, and nobody gets anything of it: no
    kit of it either, whatever else of the kit has come.
    """
    scarce = _scarce(sku)
    if sku in scarce:
        return []
    waiting = _queue(sku, scarce).order_by("created_at", "pk").values_list("order_number", flat=True)
    return [number for number in dict.fromkeys(waiting) if _serve(number, sku, scarce, actor)]


def serve_freed(number: str, *, actor: Any) -> list[str]:
    """Give what order `number` let go, of our stock or a supplier's, to the orders that wait for it; return the SKUs
    somebody waits for."""
    lines = OrderLine.objects.filter(order__number=number)
    parts = LinePart.objects.filter(line_id__in=lines.values("pk"))
    of_order = Q(pk__in=lines.values("product")) | Q(pk__in=parts.values("product"))
    skus = list(Product.objects.filter(of_order).order_by("sku").values_list("sku", flat=True))
    waiting = Backorder.objects.of(*skus)
    if not waiting.exists():
        return []  # nearly always: two questions, whatever the order was
    kits = LinePart.objects.filter(line_id__in=waiting.values("line_id")).values("product")
    asked = Product.objects.filter(Q(pk__in=waiting.values("product")) | Q(pk__in=kits), sku__in=skus)
    wanted = list(asked.order_by("sku").values_list("sku", flat=True))
    for sku in wanted:
        serve_waiting(sku, actor=actor)
    return wanted


def _scarce(sku: str) -> list[str]:
    """Of `sku` and what waiting kits of it need besides, what the fair-share desk decides on."""
    kits = LinePart.objects.filter(line_id__in=Backorder.objects.of(sku).values("line_id"))
    rationed = Product.objects.filter(Q(sku=sku) | Q(pk__in=kits.values("product")), is_rationed=True)
    return [product.sku for product in rationed if is_scarce(picture_of(product))]


def _queue(sku: str, scarce: list[str]) -> QuerySet[Backorder]:
    waiting = Backorder.objects.of(sku)
    return waiting.exclude(pk__in=Backorder.objects.of(*scarce).values("pk")) if scarce else waiting


@transaction.atomic
def _serve(number: str, sku: str, scarce: list[str], actor: Any) -> bool:
    order = lock_order(number)
    queued = list(_queue(sku, scarce).filter(order_number=number).order_by("pk"))
    if not queued or order.status not in OPEN_STATUSES:
        return False
    kind, counter = ("soft", "reserved") if order.status == OrderStatus.NEW else ("hard", "allocated")
    product_of = {q.line_id: q.product_id for q in queued}
    since = {q.line_id: q.created_at for q in queued}
    demands = tuple(Demand(q.line_id, q.product_id, q.qty) for q in queued)
    Backorder.objects.filter(pk__in=[q.pk for q in queued]).delete()
    wanted = demands_of(order, demands)
    got = reserve_orders(wanted, kind=kind, occasion=Occasion.ARRIVED, from_queue=True)[number]
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
