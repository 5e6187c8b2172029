"""The price of each typed line when none is written: the one agreed with the buyer, else the product's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inventory.models import Product
from oms.kernel.clock import business_date
from oms.kernel.money import format_money
from orders.capture.customers import normal_phone
from orders.models import Customer
from orders.pricing.lists import Buyer, Price, prices_for
from orders.views.typed import Typed

MAX_QTY = 1_000_000


@dataclass(frozen=True)
class Offer:
    """What a line costs per unit when the clerk leaves the price empty, and why, in words for the form."""

    unit_price: Decimal
    why: str = ""


def offers_for(typed: Typed, products: Mapping[str, Product]) -> list[Offer | None]:
    """An offer per typed line, None where the product has no price in the order's currency. Two queries at most."""
    wanted = wanted_of(typed, products)
    return offers_of(typed, [(p, wanted[p.pk] if p else 0) for p in (_product(raw, products) for raw in typed.lines)])


def offers_of(typed: Typed, wanted: Sequence[tuple[Product | None, int]]) -> list[Offer | None]:
    """The same for any (product, units)."""
    if typed.channel is None:
        return [None] * len(wanted)
    asked = {product.pk: qty for product, qty in wanted if product}
    buyer = Buyer.of(_customer(typed) if asked else None, typed.channel.pk, typed.channel.currency)
    prices = prices_for(buyer, asked.items(), on=business_date())
    return [offer_of(p, prices.get(p.pk) if p else None, buyer.currency) for p, _ in wanted]


def wanted_of(typed: Typed, products: Mapping[str, Product]) -> dict[int, int]:
    """{product id: units} over all typed lines: two lines of one product reach a break, and empty a shelf, together."""
    wanted: dict[int, int] = {}
    for raw in typed.lines:
        if product := _product(raw, products):
            wanted[product.pk] = wanted.get(product.pk, 0) + _qty(raw["qty"])
    return wanted


def _product(raw: Mapping[str, str], products: Mapping[str, Product]) -> Product | None:
    sku = raw["sku"].strip()
    return products.get(sku) or products.get(sku.lower())


def offer_of(product: Product | None, price: Price | None, currency: str) -> Offer | None:
    """The agreed price with its reason, else the product's own; None without a price in that currency."""
    if price:
        why = f"{price.list_name}, from {price.from_qty}" if price.from_qty > 1 else price.list_name
        if price.next_qty and price.next_price is not None:
            why += f"; {format_money(price.next_price, currency)} from {price.next_qty}"
        return Offer(price.unit_price, why)
    if product and product.price is not None and product.currency == currency:
        return Offer(product.price)
    return None


def _customer(typed: Typed) -> Customer | None:
    """The buyer as capture will find them: the one who was chosen, else by e-mail, else by phone."""
    if typed.customer and typed.customer.match_key:
        return typed.customer
    contact: Mapping[str, Any] = typed.part("contact")
    email, phone = contact.get("email", "").strip().lower(), contact.get("phone", "")
    country = typed.channel.country if typed.channel else "IN"
    key = email or (normal_phone(phone, typed.part("ship").get("country") or country) if phone else "")
    return Customer.objects.keyed([key[:254]]).get(key[:254]) if key and "\x00" not in key else None


def _qty(text: str) -> int:
    text = text.strip()
    return min(int(text), MAX_QTY) if text.isdecimal() and len(text) < 9 else 1
