"""The only place that locks orders and customers. The order row is the mutex for everything about that order.

Imports stand before schedules and agreements, these before orders, orders before customers, stock is last.
"""

from collections.abc import Iterable

from django.db import OperationalError
from django.db.models import Model

from oms.kernel.db import fetch, limit_lock_wait, sqlstate
from oms.kernel.errors import Busy, Refused
from oms.kernel.load import load, load_first
from orders.models import (
    Amendment,
    BlanketOrder,
    Customer,
    CustomerMerge,
    ImportBatch,
    Order,
    OrderLine,
    RecurringOrder,
)

WAIT = 2.0  # seconds for the lock of somebody else's order


def lock_order(number: str) -> Order:
    """Lock and return the order; raises Refused when there is none and Busy when somebody holds it for over 2 seconds."""
    order = _locked("m.number = %s", number, number)
    if order is None:
        raise Refused("order_not_found", f"There is no order {number}.")
    return order


def lock_order_of(model: type[Model], number: str) -> Order | None:
    """Lock and return the order that row `number` of `model` is part of, in one statement; None when there is no such row."""
    owner = f'm.id = (SELECT order_id FROM "{model._meta.db_table}" WHERE number = %s)'  # noqa: S608  our own name
    return _locked(owner, number, f"The order of {number}")


def _locked(where: str, number: str, called: str) -> Order | None:
    try:
        return load_first(Order, where, [number], wait=WAIT)
    except OperationalError as error:
        if sqlstate(error) == "55P03":
            raise Busy(f"{called} is being changed by somebody else right now. Try again in a moment.") from error
        raise


def lock_orders(numbers: Iterable[str]) -> list[Order]:
    """Lock several orders in one fixed order (by id), so that two such calls can never wait for each other."""
    limit_lock_wait(WAIT)
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
    return load(OrderLine, "m.order_id = %s::bigint ORDER BY m.position", [order.pk])


def lock_standing(customer_pk: int) -> None:
    """Lock the schedules and agreements of a customer: their orders are placed under these, before the customer is looked at."""
    limit_lock_wait(WAIT)
    for model in (RecurringOrder, BlanketOrder):
        list(model.objects.select_for_update(of=("self",)).filter(customer=customer_pk).order_by("pk"))


def lock_customer(pk: int) -> Customer:
    """Lock and return a customer whose addresses, contacts or agreements are to change; nobody merges them meanwhile.

    Raises Refused when there is none, when they are part of another customer by now, and when their data is erased.
    """
    limit_lock_wait(WAIT)
    customer = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if customer is None:
        raise Refused("customer_not_found", "There is no such customer.")
    if customer.merged_into_id:
        raise Refused("customer_merged", f"{customer} is part of another customer by now; open that one.")
    if customer.is_erased:
        raise Refused("customer_erased", "Their personal data is erased; nothing new is kept of them.")
    return customer


def lock_merge(pk: int) -> CustomerMerge:
    """Lock a merge of two customers whose orders are still to be asked; it stands before the order rows."""
    limit_lock_wait(WAIT)
    rows = CustomerMerge.objects.select_related("kept__merged_into").select_for_update(of=("self",))
    return rows.get(pk=pk)


def lock_imports() -> None:
    """Lock every import whose files are kept, by id: while somebody is taken out of them nobody stores what they say."""
    limit_lock_wait(WAIT)
    list(ImportBatch.objects.select_for_update().filter(forgotten_at=None).order_by("pk").values_list("pk", flat=True))


def hold_import(batch: ImportBatch) -> None:
    """Before anything of its files is stored: nobody is taken out of them until the transaction ends.

    Refuses when somebody was since `batch` was read, because the person would be back with what was read before.
    """
    # A weaker lock than the one above, and than the one that asks a run to stop: only an erasure waits for the part.
    rows = fetch("SELECT erased_at FROM orders_importbatch WHERE id = %s::bigint FOR KEY SHARE", [batch.pk])
    if rows != [(batch.erased_at,)]:
        raise Refused(
            "import_erased",
            "Somebody’s personal data was erased from the files while they were being read. What was stored stays; try again for the rest.",
        )
