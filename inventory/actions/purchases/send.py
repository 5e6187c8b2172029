"""Send a purchase order: from now on its units count as incoming."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from inventory.actions._supply import keep_incoming, move_document, open_supply
from inventory.locks import lock_purchase
from inventory.models import PurchaseOrder
from oms.kernel.clock import business_date, now


@transaction.atomic
def send_purchase(number: str, *, actor: Any, for_customer: bool = False) -> PurchaseOrder:
    """Mark `number` as sent to the supplier. Lines without a day get the supplier's lead time from today."""
    purchase = lock_purchase(number, for_customer=for_customer)
    before = open_supply(purchase)
    purchase.sent_at = now()
    where = f"the customer of {purchase.order_number}" if purchase.is_drop_ship else purchase.location.name
    move_document(
        purchase, "send", event="inventory.purchase_sent", actor=actor, saved=("sent_at",),
        supplier=purchase.supplier.name, location=where,
    )  # fmt: skip
    usual = business_date() + timedelta(days=purchase.supplier.lead_days)
    purchase.lines.filter(eta__isnull=True).update(eta=usual)
    keep_incoming(purchase, before)
    return purchase
