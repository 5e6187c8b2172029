"""Give promised stock back."""

from collections.abc import Collection, Mapping

from inventory.ledger import free
from inventory.models import Allocation, Backorder


def release_order_stock(order_number: str, quantities: Mapping[int, int] | None = None) -> None:
    """Free everything promised to the order, or only `quantities` {line id: units}; under the order's lock.

    Units waiting in the back-order queue go first, then soft promises, then hard ones: the same order in which
    orders/actions/cancel takes them off the line.
    """
    if quantities is None:
        Backorder.objects.filter(order_number=order_number).delete()
        free(list(Allocation.objects.filter(order_number=order_number).values_list("pk", "qty")))
        return
    left = _take_from_queue(order_number, dict(quantities))
    held = Allocation.objects.filter(order_number=order_number, line_id__in=list(left)).order_by("-kind", "-pk")
    portions = []
    for allocation in held:
        take = min(allocation.qty, left[allocation.line_id])
        if take > 0:
            portions.append((allocation.pk, take))
            left[allocation.line_id] -= take
    free(portions)


def release_orders_stock(order_numbers: Collection[str]) -> None:
    """Free everything promised to these orders, all stock rows in one go; under the locks of all of them."""
    Backorder.objects.filter(order_number__in=order_numbers).delete()
    free(list(Allocation.objects.filter(order_number__in=order_numbers).values_list("pk", "qty")))


def _take_from_queue(order_number: str, left: dict[int, int]) -> dict[int, int]:
    for waiting in Backorder.objects.filter(order_number=order_number, line_id__in=list(left)):
        take = min(waiting.qty, left[waiting.line_id])
        left[waiting.line_id] -= take
        if take == waiting.qty:
            waiting.delete()
        elif take:
            waiting.qty -= take
            waiting.save(update_fields=["qty"])
    return left


def release_at(order_number: str, quantities: Mapping[tuple[int, int], int]) -> None:
    """Free hard promises of `quantities` {(line id, location id): units} exactly where they lie; last write, order locked."""
    portions = []
    for held in Allocation.objects.filter(order_number=order_number, kind="hard"):
        if take := min(held.qty, quantities.get((held.line_id, held.location_id), 0)):
            portions.append((held.pk, take))
    free(portions)
