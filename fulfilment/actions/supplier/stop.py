"""Ask a supplier not to send it after all, and note what they answer. Until they do, the goods may arrive."""

from typing import Any

from django.db import transaction

from fulfilment.actions._parcel import said
from fulfilment.actions.supplier._work import asked, lock_with_supplier, tell_order, work_lines
from fulfilment.models import FulfilmentOrder
from inventory.actions.purchases.drop_ship import give_up_for_customer
from oms.events.publish import publish
from oms.kernel.clock import now
from oms.kernel.errors import Refused


@transaction.atomic
def ask_to_stop(number: str, *, reason: str, actor: Any) -> FulfilmentOrder:
    """Write to the supplier that it is not wanted any more; the next step is their answer. Refuses without a reason."""
    order, fo = lock_with_supplier(number)
    assert fo.purchase is not None
    if fo.stop_asked_at:
        raise Refused("asked_already", f"{fo.location.name} was asked already; note what they answer.")
    fo.stop_asked_at, fo.stop_reason = now(), said(reason)[:300]
    fo.save(update_fields=["stop_asked_at", "stop_reason"])
    publish(
        "fulfilment.supplier_stop_asked", subject=number, actor=actor, stream=order.number, purchase=fo.purchase.number, lines=asked(fo),
        label=f"{fo.location.name}, {fo.purchase.number}", why=fo.stop_reason,
    )  # fmt: skip
    tell_order(order)
    return fo


@transaction.atomic
def supplier_stops(number: str, *, actor: Any) -> FulfilmentOrder:
    """They do not send it: its purchase order ends, and the units can be cancelled or ordered again."""
    order, fo = lock_with_supplier(number)
    assert fo.purchase is not None
    _was_asked(fo)
    units = {row.purchase_line_id: row.qty for row in work_lines(fo) if row.qty and row.purchase_line_id}
    ended = give_up_for_customer(fo.purchase.number, units, reason=f"Stopped: {fo.stop_reason}", actor=actor)
    fo.lines.update(purchase_line=None)
    fo.purchase, fo.stop_asked_at = None, None
    fo.save(update_fields=["purchase", "stop_asked_at"])
    publish(
        "fulfilment.supplier_stopped", subject=number, actor=actor, stream=order.number, purchase=ended.number,
        label=f"{fo.location.name}, {ended.number}",
    )  # fmt: skip
    tell_order(order)
    return fo


@transaction.atomic
def supplier_goes_on(number: str, *, reason: str, actor: Any) -> FulfilmentOrder:
    """They cannot stop it, it goes out as ordered: the customer keeps it or returns it. Refuses without their reason."""
    order, fo = lock_with_supplier(number)
    _was_asked(fo)
    fo.stop_asked_at, fo.stop_reason = None, said(reason)[:300]
    fo.save(update_fields=["stop_asked_at", "stop_reason"])
    publish(
        "fulfilment.supplier_goes_on", subject=number, actor=actor, stream=order.number, label=fo.location.name,
        why=fo.stop_reason,
    )  # fmt: skip
    tell_order(order)
    return fo


def _was_asked(fo: FulfilmentOrder) -> None:
    if not fo.stop_asked_at:
        raise Refused("not_asked", f"{fo.location.name} was not asked to stop {fo.number}.")
