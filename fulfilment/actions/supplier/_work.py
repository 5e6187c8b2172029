"""What every step with a supplier shares: the locked work, its lines by purchase line, and what the order is told."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum

from fulfilment.actions._move import lock_work, work_lines
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from fulfilment.states import WorkStatus
from inventory.actions.purchases.drop_ship import add_lines, draft_for_customer, fit_draft
from inventory.models import PurchaseLine
from oms.events.publish import publish
from oms.kernel.clock import end_of
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import refusals
from oms.kernel.plural import plural
from orders.actions.progress import AtSupplier, report_supplier
from orders.models import Order

NOTHING = ("cancelled", "rejected")
# The step that is said of an order with several suppliers: the first of these.
STEPS = ("stopped", "stop", "order", "ship")


def lock_with_supplier(number: str, *, told: bool = True) -> tuple[Order, FulfilmentOrder]:
    """The locked order and its work, which a supplier must have; with `told`, one that was asked to send it."""
    order, fo = lock_work(number)
    if fo.status != WorkStatus.WITH_SUPPLIER:
        raise Refused("not_with_supplier", f"{number} waits for no supplier: it is {fo.get_status_display().lower()}.")
    if told and not fo.is_told:
        raise Refused.because(refusals(fo, "supplier_ships"))
    return order, fo


def step_of(fo: FulfilmentOrder) -> str:
    """Where the work stands with its supplier: order, ship, stop (asked), stopped."""
    if fo.purchase is None:
        return "stopped"
    if fo.stop_asked_at:
        return "stop"
    return "ship" if fo.is_told else "order"


def tell_order(order: Order) -> None:
    """Bring the order's own row in line with what suppliers have of it."""
    every = list(
        FulfilmentOrder.objects.filter(order=order, location__kind="drop_ship").exclude(status__in=NOTHING)
        .select_related("location", "purchase").annotate(units=Sum("lines__qty")).order_by("pk")
    )  # fmt: skip
    waiting = [fo for fo in every if fo.status == WorkStatus.WITH_SUPPLIER]
    head = min(waiting, key=lambda fo: (STEPS.index(step_of(fo)), fo.pk), default=None)
    days = PurchaseLine.objects.filter(purchase__in=[fo.purchase_id for fo in waiting if fo.is_told], qty_open__gt=0)
    due = max((day for day in days.values_list("eta", flat=True) if day), default=None)
    report_supplier(order, AtSupplier(
        is_drop_shipped=bool(every),
        units=sum(fo.units or 0 for fo in waiting),
        told=sum(fo.units or 0 for fo in waiting if fo.is_told),
        step=step_of(head) if head else "",
        ref=_ref(head) if head else "",
        due_on=due,
    ))  # fmt: skip


def _ref(fo: FulfilmentOrder) -> str:
    return f"{fo.location.name[:60]}, {fo.purchase.number}" if fo.purchase else fo.location.name[:100]


def set_due(fo: FulfilmentOrder) -> None:
    """The work is due on the day its last unit is to leave the supplier."""
    days = [row.purchase_line.eta for row in fo.lines.select_related("purchase_line") if row.purchase_line and row.qty]
    known = [day for day in days if day]
    fo.due_at = end_of(max(known)) if known else fo.order.due_at
    fo.save(update_fields=["due_at"])


def order_it(fo: FulfilmentOrder, *, actor: Any) -> None:
    """Draft the purchase order of this work, and of no other: the supplier sees one customer on it."""
    rows = [row for row in work_lines(fo) if row.qty]
    purchase, lines = draft_for_customer(
        location_id=fo.location_id, order_number=fo.order.number, ship_to=fo.address,
        units=[(row.product_id, row.qty) for row in rows], actor=actor,
    )  # fmt: skip
    fo.purchase = purchase
    fo.save(update_fields=["purchase"])
    for row, line in zip(rows, lines, strict=True):
        row.purchase_line = line
        row.save(update_fields=["purchase_line"])
    publish(
        "fulfilment.supplier_drafted", subject=fo.number, actor=actor, stream=fo.order.number, purchase=purchase.number,
        label=f"{plural(sum(row.qty for row in rows), 'unit')} from {fo.location.name}, {purchase.number}",
    )  # fmt: skip


def order_more(fo: FulfilmentOrder, *, actor: Any) -> None:
    """Units were added to work whose purchase order is a draft still: the draft has them too."""
    assert fo.purchase is not None
    before = sum(line.qty for line in fo.purchase.lines.all())
    rows = [row for row in work_lines(fo) if row.qty and row.purchase_line_id is None]
    lines = add_lines(fo.purchase, [(row.product_id, row.qty) for row in rows])
    for row, line in zip(rows, lines, strict=True):
        row.purchase_line = line
        row.save(update_fields=["purchase_line"])
    fit_to_work(fo, actor=actor)
    more = sum(row.qty for row in work_lines(fo)) - before
    publish(
        "fulfilment.supplier_drafted", subject=fo.number, actor=actor, stream=fo.order.number, purchase=fo.purchase.number,
        label=f"{plural(more, 'more unit')} from {fo.location.name}, {fo.purchase.number}",
    )  # fmt: skip


def asked(fo: FulfilmentOrder) -> list[dict[str, Any]]:
    """What the supplier is written to about, as it is now: the letter may go out later."""
    rows = fo.lines.select_related("product", "purchase_line").filter(qty__gt=0)
    return [
        {"sku": row.product.sku, "name": row.product.name, "qty": row.qty,
         "eta": row.purchase_line.eta.isoformat() if row.purchase_line and row.purchase_line.eta else ""}
        for row in rows
    ]  # fmt: skip


def fit_to_work(fo: FulfilmentOrder, *, actor: Any) -> None:
    """Units of work that the supplier was not asked for yet have changed: its draft follows."""
    if fo.purchase is None or fo.is_told:
        return
    rows = list(FulfilmentOrderLine.objects.filter(fo=fo, purchase_line__isnull=False))
    for row in rows:
        if not row.qty:  # its purchase line goes
            row.purchase_line = None
            row.save(update_fields=["purchase_line"])
    fo.purchase = fit_draft(
        fo.purchase.number,
        {row.purchase_line_id: row.qty for row in rows if row.qty and row.purchase_line_id},
        actor=actor,
    )


def share(fo: FulfilmentOrder, quantities: Mapping[str, int] | None) -> dict[FulfilmentOrderLine, int]:
    """Which of the work's units are meant: {SKU: units}, or all of them. Refuses what it does not have."""
    rows = [row for row in work_lines(fo) if row.qty]
    if quantities is None:
        return {row: row.qty for row in rows}
    left = {sku.strip().casefold(): qty for sku, qty in quantities.items() if qty}
    found: dict[FulfilmentOrderLine, int] = {}
    for row in rows:
        take = min(row.qty, max(left.get(row.product.sku.casefold(), 0), 0))
        if take:
            found[row] = take
            left[row.product.sku.casefold()] -= take
    if over := next((sku for sku, qty in left.items() if qty), None):
        have = sum(row.qty for row in rows if row.product.sku.casefold() == over)
        raise Refused(
            "too_many", f"{over.upper()[:80]}: {have} of {fo.number} {'is' if have == 1 else 'are'} with the supplier."
        )
    if not found:
        raise Refused("nothing_asked", "Enter how many units of which item.")
    return found
