"""Purchase orders as people make them, for the tests of everything that hangs on supply."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery
from inventory.actions.purchases.draft import Wish, draft_purchase
from inventory.actions.purchases.send import send_purchase
from inventory.models import PurchaseOrder, StockLevel, Supplier
from oms.kernel.clock import business_date


def supplier(code: str = "acme", **changes: Any) -> Supplier:
    fields = {"name": "Acme Pottery", "currency": "INR", "lead_days": 7, **changes}
    return Supplier.objects.get_or_create(code=code, defaults=fields)[0]


def drafted(
    *lines: tuple[str, int] | tuple[str, int, int], location: str = "pune", actor: Any = "system"
) -> PurchaseOrder:
    """A draft of `(sku, qty)` or `(sku, qty, days from today)` lines."""
    seller = supplier()
    wishes = [
        Wish(sku, qty, Decimal(50), business_date() + timedelta(days=days[0]) if days else None)
        for sku, qty, *days in lines
    ]
    return draft_purchase(supplier=seller.code, location=location, lines=wishes, actor=actor)


def sent(
    *lines: tuple[str, int] | tuple[str, int, int], location: str = "pune", actor: Any = "system"
) -> PurchaseOrder:
    return send_purchase(drafted(*lines, location=location, actor=actor).number, actor=actor)


def arrive(purchase: PurchaseOrder, sku: str, qty: int, *, actor: Any = "system", **booked: Any) -> None:
    """Count and book in."""
    count_delivery(purchase.number, code=sku, qty=qty, key=uuid.uuid4(), actor=actor)
    book_delivery(purchase.number, actor=actor, **booked)


def incoming(sku: str, location: str = "pune") -> int:
    level = StockLevel.objects.filter(product__sku=sku, location__code=location).first()
    return level.incoming if level else 0
