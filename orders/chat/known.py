"""What the books add to a reading: the products on sale, learned words, the customer, their address and last order."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Max, Q

from inventory.models import Product
from orders.capture.customers import normal_phone
from orders.chat.catalogue import Catalogue, Item
from orders.chat.correct import all_made
from orders.chat.read import questions_of, read_message
from orders.chat.reading import ReadAddress, Reading, ReadLine
from orders.models import ChatAlias, Customer, Order

AGAIN = 0.7
_kept: dict[tuple, Catalogue] = {}


@dataclass(frozen=True)
class KnownReading:
    """A reading, and what of it came out of the books."""

    reading: Reading
    customer: Customer | None = None
    last_order: Order | None = None
    address_is_known: bool = False


def read_for(text: str, country: str, user: Any) -> KnownReading:
    """Read `text`, again with the customer's own words when it tells who they are, and fill in what the books know."""
    catalogue = products_on_sale()
    reading = read_message(text, catalogue.taught(_aliases(None)), country)
    customer = _customer(reading, country, user)
    if customer and customer.chat_aliases.exists():
        reading = read_message(text, catalogue.taught(_aliases(customer)), country)
    return _completed(reading, customer, user)


def products_on_sale() -> Catalogue:
    """Indexed once for as long as no product changes."""
    rows = Product.objects.filter(is_active=True, is_placeholder=False)
    state = tuple(rows.aggregate(n=Count("pk"), at=Max("updated_at"), top=Max("pk")).values())
    if state not in _kept:
        _kept.clear()
        _kept[state] = Catalogue(Item(*row) for row in rows.values_list("sku", "name", "barcode").order_by("sku"))
    return _kept[state]


def _aliases(customer: Customer | None) -> dict[str, str]:
    """Everybody's words, and over them the customer's own."""
    rows = (
        ChatAlias.objects.filter(Q(customer=None) | Q(customer=customer))
        if customer
        else ChatAlias.objects.filter(customer=None)
    )
    found = rows.values_list("words", "product__sku", "customer_id")
    return {words: sku for words, sku, _ in sorted(found, key=lambda row: row[2] is not None)}


def _customer(reading: Reading, country: str, user: Any) -> Customer | None:
    keys = [
        key for key in (reading.email, reading.phone and normal_phone(reading.phone, country), reading.phone) if key
    ]
    found = Customer.objects.keyed(keys, user) if keys else {}
    if by_key := next((found[key] for key in keys if key in found), None):
        return by_key
    rows = Customer.objects.visible_to(user).present().by_phone(reading.phone)
    return rows.order_by("-pk").first() if reading.phone else None


def _completed(reading: Reading, customer: Customer | None, user: Any) -> KnownReading:
    if customer is None:
        return KnownReading(reading)
    filled = replace(reading, customer_name=reading.customer_name or customer.name, email=reading.email or customer.email,
                     phone=reading.phone or customer.phone)  # fmt: skip
    before = _last_order(customer, user)
    address = _address(customer, before) if reading.address.is_empty() else None
    if address:
        filled = replace(filled, address=address)
    last = before if reading.same_as_last else None
    if last:
        filled = replace(filled, lines=_again(_lines_of(last), reading))
    filled = replace(filled, questions=questions_of(filled, reading.others))
    return KnownReading(filled, customer, last, address is not None)


def _again(last: list[ReadLine], reading: Reading) -> tuple[ReadLine, ...]:
    """The lines of the last order as the message changes them, then what it names beside; a product of both is wanted once."""
    lines, left = all_made(reading.changes, last, products_on_sale())
    settled = [change.line for change in reading.changes if change not in left]
    named = [line for line in reading.lines if line not in settled]
    said = {line.sku for line in named if line.sku}
    return (*(line for line in lines if line.sku not in said), *named)


def _address(customer: Customer, before: Order | None) -> ReadAddress | None:
    """Where their things went: the address on their card, else that of the last order."""
    card = customer.usual_address()
    known = vars(card) if card else before.ship_to if before else {}
    get = {name: str(known.get(name) or "") for name in ("line1", "line2", "city", "state", "postal_code", "country")}
    line1 = ", ".join(part for part in (get["line1"], get["line2"]) if part)
    found = ReadAddress(line1, get["city"], get["state"], get["postal_code"], get["country"])
    return None if found.is_empty() else found


def _last_order(customer: Customer, user: Any) -> Order | None:
    rows = Order.objects.visible_to(user).filter(customer=customer).exclude(status="cancelled")
    return rows.order_by("-placed_at", "-pk").first()


def _lines_of(order: Order) -> list[ReadLine]:
    rows = order.lines.select_related("product").filter(product__is_active=True).order_by("position")
    return [
        ReadLine(f"same as {order.number}", "", row.qty_ordered, row.product.sku, row.product.name, AGAIN, "last order")
        for row in rows if row.qty_ordered
    ]  # fmt: skip
