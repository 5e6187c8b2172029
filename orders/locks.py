"""The only place that locks orders and customers. The order row is the mutex for everything about that order."""

from collections.abc import Iterable

from django.db import OperationalError

from oms.kernel.db import limit_lock_wait, load_first, sqlstate
from oms.kernel.errors import Busy, Refused
from orders.models import Amendment, BlanketOrder, Customer, Order, OrderLine, RecurringOrder


def lock_order(number: str) -> Order:
    """Lock and return the order; raises Refused when there is none and Busy when somebody holds it for over 2 seconds."""
    limit_lock_wait()
    try:
        order = load_first(Order, "number = %s", [number], lock=True)
    except OperationalError as error:
        if sqlstate(error) == "55P03":
            raise Busy(f"{number} is being changed by somebody else right now. Try again in a moment.") from error
        raise
    if order is None:
        raise Refused("order_not_found", f"There is no order {number}.")
    return order


def lock_orders(numbers: Iterable[str]) -> list[Order]:
    """Lock several orders in one fixed order (by id), so that two such calls can never wait for each other."""
    limit_lock_wait()
    return list(Order.objects.select_for_update(of=("self",)).filter(number__in=list(numbers)).order_by("pk"))


def lock_free(numbers: Iterable[str], most: int) -> list[Order]:
    """Lock up to `most` of those orders that nobody holds right now: for work that can come back for the others."""
    rows = Order.objects.select_for_update(of=("self",), skip_locked=True).filter(number__in=list(numbers))
    return list(rows.order_by("pk")[:most])


def lock_amendment(number: str) -> tuple[Order, Amendment]:
    """Lock the order behind amendment `number` and read the document afresh."""
    order_number = Amendment.objects.filter(number=number).values_list("order__number", flat=True).first()
    if order_number is None:
        raise Refused("amendment_not_found", f"There is no amendment {number}.")
    order = lock_order(order_number)
    return order, Amendment.objects.get(number=number)


def lines_of(order: Order) -> list[OrderLine]:
    """The order's lines by position; safe to change because the order row is locked by the caller."""
    return list(OrderLine.objects.filter(order=order).order_by("position"))


def lock_standing(customer_pk: int) -> None:
    """Lock the schedules and agreements of a customer: their orders are placed under these, before the customer is looked at."""
    limit_lock_wait()
    for model in (RecurringOrder, BlanketOrder):
        list(model.objects.select_for_update(of=("self",)).filter(customer=customer_pk).order_by("pk"))


def lock_customer(pk: int) -> Customer:
    """Lock and return a customer whose addresses, contacts or agreements are to change; nobody merges them meanwhile.

    Raises Refused when there is none, when they are part of another customer by now, and when their data is erased.
    """
    limit_lock_wait()
    customer = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if customer is None:
        raise Refused("customer_not_found", "There is no such customer.")
    if customer.merged_into_id:
        raise Refused("customer_merged", f"{customer} is part of another customer by now; open that one.")
    if customer.is_erased:
        raise Refused("customer_erased", "Their personal data is erased; nothing new is kept of them.")
    return customer
