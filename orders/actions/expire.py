"""What time does to orders: promises and holds end, a supplier is late, settled orders close."""

from django.db import transaction

from inventory.ledger import free
from inventory.models import Allocation
from oms.events.publish import publish
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Busy, Refused
from oms.kernel.lifecycle import refusals
from oms.kernel.plural import plural
from orders.actions.finish import close_order
from orders.actions.hold import clear_hold
from orders.actions.progress import renew_answers, report_quantities
from orders.locks import lock_order
from orders.models import Hold, Order
from orders.states import OrderStatus

BATCH = 500


def expire_reservations() -> int:
    """Free soft promises whose time is over, order by order; return how many orders lost one. Confirming takes them again."""
    due = Allocation.objects.filter(kind="soft", expires_at__lt=now()).order_by("expires_at")
    numbers = list(dict.fromkeys(due.values_list("order_number", flat=True)[:BATCH]))
    return sum(_quietly(lambda n=number: _expire(n)) for number in numbers)


@transaction.atomic
def _expire(number: str) -> bool:
    order = lock_order(number)
    due = list(Allocation.objects.filter(order_number=number, kind="soft", expires_at__lt=now()))
    if not due:
        return False
    deltas: dict[int, dict[str, int]] = {}
    for allocation in due:
        entry = deltas.setdefault(allocation.line_id, {"reserved": 0})
        entry["reserved"] -= allocation.qty
    report_quantities(order, deltas)
    publish("orders.reservation_expired", subject=number, actor="system", label=plural(sum(a.qty for a in due), "unit"))
    free([(a.pk, a.qty) for a in due])
    return True


def release_timed_holds() -> int:
    """Clear holds whose moment has come, but for those whose owners said no; return how many."""
    over = Hold.objects.filter(cleared_at__isnull=True, declined_at__isnull=True, until__lt=now())
    due = over.values_list("order__number", "pk")[:BATCH]
    return sum(
        _quietly(lambda n=number, pk=pk: clear_hold(n, hold_id=pk, actor="system", note="Its time was over"))
        for number, pk in due
    )


def ask_suppliers() -> int:
    """Let the orders whose supplier should have shipped by now say that somebody asks; return how many."""
    late = Order.objects.filter(next_action="await_supplier", supplier_due_on__lt=business_date())
    waiting = late.filter(next_text__startswith="Wait for ").order_by("pk").values_list("pk", flat=True)[:BATCH]
    return sum(_quietly(lambda pk=pk: renew_answers([pk])) for pk in list(waiting))


def close_settled() -> int:
    """Close completed orders whose every guard is open (paid, returns settled, window over); return how many."""
    candidates = Order.objects.filter(status=OrderStatus.COMPLETED, is_historical=False, next_action="").order_by("pk")[
        :BATCH
    ]
    ready = [o.number for o in candidates if not refusals(o, "close")]
    return sum(_quietly(lambda n=number: close_order(n, actor="system")) for number in ready)


def _quietly(act) -> bool:
    """Whether `act` was done; somebody else having done it, or holding the order now, is not an error of a sweep."""
    try:
        return act() is not False
    except (Refused, Busy):
        return False
