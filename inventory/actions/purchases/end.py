"""End a purchase order: close what came, cancel what will not come, take units off that were given up."""

from typing import Any

from django.db import transaction

from inventory.actions._supply import keep_incoming, move_document, open_supply, say_changed
from inventory.actions.arriving import nothing_counted
from inventory.locks import lock_purchase
from inventory.models import PurchaseOrder
from inventory.states import COMING
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.plural import are, plural


@transaction.atomic
def close_purchase(number: str, *, actor: Any, reason: str = "") -> PurchaseOrder:
    """File it. What is still missing will not come and stops counting as incoming, which needs a `reason`."""
    purchase = lock_purchase(number, for_customer=True)
    if purchase.is_drop_ship and purchase.lines.filter(qty_open__gt=0).exists():
        lock_purchase(number)  # says where its steps are made
    before = open_supply(purchase)
    missing = sum(before.values())
    if missing and not reason.strip():
        raise Refused(
            "reason_missing", f"{plural(missing, 'unit')} {are(missing)} missing. Say why nothing more comes."
        )
    nothing_counted(purchase)
    purchase.end_reason, purchase.ended_at = reason.strip()[:300], now()
    move_document(
        purchase, "close", event="inventory.purchase_closed", actor=actor, saved=("end_reason", "ended_at"),
        reason=purchase.end_reason, missing=missing,
    )  # fmt: skip
    _give_up(purchase)
    keep_incoming(purchase, before)
    return purchase


@transaction.atomic
def cancel_purchase(number: str, *, reason: str, actor: Any) -> PurchaseOrder:
    """Call off a draft or a sent order of which nothing has arrived."""
    if not reason.strip():
        raise Refused("reason_missing", "Say why it is cancelled; whoever waits for it will ask.")
    purchase = lock_purchase(number)
    before = open_supply(purchase)
    nothing_counted(purchase)
    purchase.end_reason, purchase.ended_at = reason.strip()[:300], now()
    move_document(
        purchase, "cancel", event="inventory.purchase_cancelled", actor=actor, saved=("end_reason", "ended_at"),
        reason=purchase.end_reason,
    )  # fmt: skip
    _give_up(purchase)
    keep_incoming(purchase, before)
    return purchase


@transaction.atomic
def cut_line(number: str, *, line_id: int, qty: int, reason: str, actor: Any) -> PurchaseOrder:
    """The supplier will not bring `qty` units of a line."""
    purchase = lock_purchase(number)
    if purchase.status not in COMING:
        raise Refused("nothing_coming", f"{number} is {purchase.status_label.lower()}: nothing of it is coming.")
    line = purchase.lines.select_related("product").filter(pk=line_id).first()
    if line is None:
        raise Refused("line_unknown", "That line is not on this order; reload the page.")
    if not 0 < qty <= line.qty_open:
        raise Refused("qty_impossible", f"{line.product.sku}: {line.qty_open} are still to come; enter 1 to that many.")
    if not reason.strip():
        raise Refused("reason_missing", "Say why they will not come.")
    before = open_supply(purchase)
    line.qty_cancelled += qty
    line.save(update_fields=["qty_cancelled"])
    say_changed(
        purchase, "inventory.purchase_cut", actor=actor, skus=[line.product.sku], qty=qty, reason=reason.strip()[:200]
    )
    keep_incoming(purchase, before)
    return purchase


def _give_up(purchase: PurchaseOrder) -> None:
    for line in purchase.lines.filter(qty_open__gt=0):
        line.qty_cancelled += line.qty_open
        line.save(update_fields=["qty_cancelled"])
