"""What the supplier answers: the day it leaves them, or that they cannot send it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from fulfilment.actions._move import move_row
from fulfilment.actions._parcel import said
from fulfilment.actions.create import create_work
from fulfilment.actions.reroute import free_here, lock_the_move, reserve_elsewhere
from fulfilment.actions.supplier._work import lock_with_supplier, set_due, share, tell_order
from fulfilment.models import FulfilmentOrder, FulfilmentOrderLine
from inventory.actions.drop_shipping import tell_stock
from inventory.actions.purchases.drop_ship import confirm_for_customer, give_up_for_customer
from inventory.actions.reserve import Reserved
from inventory.models import Occasion
from oms.events.publish import publish
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refused
from oms.kernel.plural import plural


@transaction.atomic
def supplier_confirms(number: str, *, on: date, actor: Any, reference: str = "") -> FulfilmentOrder:
    """They send it on the day `on`; a later answer takes the place of an earlier one. Refuses a day that is over."""
    order, fo = lock_with_supplier(number)
    assert fo.purchase is not None
    if on < business_date():
        raise Refused("day_over", f"{on:%d %b %Y} is over. Enter the day it will leave them.")
    fo.purchase = confirm_for_customer(fo.purchase.number, on=on, reference=reference, actor=actor)
    publish(
        "fulfilment.supplier_confirmed", subject=number, actor=actor, stream=order.number,
        label=f"{fo.location.name} for {on.day} {on:%b}", on=on.isoformat(),
    )  # fmt: skip
    set_due(fo)
    tell_order(order)
    return fo


@transaction.atomic
def supplier_refuses(
    number: str, *, reason: str, actor: Any, quantities: Mapping[str, int] | None = None, none_left: bool = False
) -> Reserved:
    """They do not send it, or not `quantities` {SKU: units} of it: other places are asked, else it waits for stock.

    `none_left`: they have no more of these products, which is noted as their figure. Refuses without a reason.
    """
    order, fo = lock_with_supplier(number)
    why = said(reason)[:300]
    taken = share(fo, quantities)
    if none_left:
        _keep_figures(fo, taken, actor)
    rest = sum(row.qty for row in fo.lines.all()) - sum(taken.values())
    publish(
        "fulfilment.supplier_cut", subject=number, actor=actor, stream=order.number, why=why,
        label=f"{plural(sum(taken.values()), 'unit')} of {fo.location.name}",
    )  # fmt: skip
    _give_up(fo, taken, why, actor)
    if not rest:
        _end(fo, why, actor)
    for row, qty in taken.items():
        row.qty -= qty if rest else 0  # work that ended says what it was about
        row.save(update_fields=["qty"])
    lock_the_move(order, away_from=[fo.location_id], product_ids=[row.product_id for row in taken])
    free_here(order, fo.location_id, {row.line_id: qty for row, qty in taken.items()})
    got = reserve_elsewhere(
        order, {row.line_id: (row.product_id, qty) for row, qty in taken.items()}, away_from=[fo.location_id], picked={},
        occasion=Occasion.REJECTED,
    )  # fmt: skip
    create_work(order.number)
    order.refresh_from_db()
    tell_order(order)
    return got


def _keep_figures(fo: FulfilmentOrder, taken: Mapping[FulfilmentOrderLine, int], actor: Any) -> None:
    assert fo.purchase is not None
    tell_stock(fo.purchase.supplier.code, sorted({(row.product.sku, 0) for row in taken}), actor=actor)


def _give_up(fo: FulfilmentOrder, taken: Mapping[FulfilmentOrderLine, int], why: str, actor: Any) -> None:
    assert fo.purchase is not None
    units = {row.purchase_line_id: qty for row, qty in taken.items() if row.purchase_line_id}
    fo.purchase = give_up_for_customer(fo.purchase.number, units, reason=why, actor=actor)


def _end(fo: FulfilmentOrder, why: str, actor: Any) -> None:
    fo.ended_at, fo.end_reason, fo.stop_asked_at = now(), why, None
    move_row(
        fo, "supplier_refuses", machine="fulfilment", event="fulfilment.rejected", actor=actor,
        saved=("ended_at", "end_reason", "stop_asked_at"), reason=why, location=fo.location.code,
    )  # fmt: skip
