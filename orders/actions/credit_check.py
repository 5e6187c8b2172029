"""Check a buyer's orders that wait for their credit once more, when less is owed than before."""

from django.db import transaction

from orders.actions.check import CHECKER, check_changed
from orders.checking.buyers import lock_buyers
from orders.checking.rulebook import rulebook
from orders.locks import lock_orders
from orders.models import Order
from orders.states import OrderStatus


@transaction.atomic
def check_held_for_credit(number: str) -> int:
    """Check the new orders of `number`'s buyer that are held for credit, its own hold among them; how many are held for
    nothing any more.

    Nothing happens where `number` is not on credit: what is paid for others changes nobody's debt. Twice is once.
    """
    buyer = Order.objects.filter(number=number, payment_terms="credit").values("customer")
    waiting = Order.objects.filter(
        customer__in=buyer, status=OrderStatus.NEW, is_historical=False, holds__rule="credit", holds__cleared_at=None
    )
    numbers = list(waiting.values_list("number", flat=True).distinct())
    if not numbers:
        return 0
    orders = [order for order in lock_orders(numbers) if order.status == OrderStatus.NEW]
    lock_buyers([order.pk for order in orders], rulebook())
    for order in orders:
        check_changed(order, actor=CHECKER)
    return sum(not order.open_holds for order in orders)
