"""A former order once more: its customer, addresses and lines as if they were typed, at the prices of today."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest

from oms.kernel.money import format_money
from orders.billing import bills_elsewhere
from orders.forms import AddressForm
from orders.models import Order, OrderLine
from orders.querysets import OrderQuerySet
from orders.views.agreed import offers_for
from orders.views.typed import MAX_LINES, Typed, blank_line, country_of_channel, is_blank, products_of

SHOWN = 3
NAMED = 5  # lines a message names
LINES = Prefetch("lines", OrderLine.objects.select_related("ship_to").order_by("position"))


def former(typed: Typed, user: Any) -> list[Order]:
    """The newest orders of the customer who was chosen, with their lines; none before somebody is."""
    if typed.customer is None:
        return []
    rows = Order.objects.visible_to(user).filter(customer=typed.customer, line_count__gt=0)
    return list(rows.select_related("channel").prefetch_related(LINES).order_by("-placed_at")[:SHOWN])


def repeat(request: HttpRequest, typed: Typed, number: str) -> None:
    """Put the order's contents into the form; what was typed on lines stays above them."""
    rows: OrderQuerySet = Order.objects.visible_to(request.user)
    order = rows.select_related("channel", "customer").prefetch_related(LINES, "further_addresses").filter(
        number=number[:30]
    ).first()  # fmt: skip
    if order is None:
        messages.error(request, f"There is no order {number[:30]} to repeat.")
        return
    typed.raw = {**typed.raw, **_head(order, typed), "find_customer": "", "find_product": ""}
    typed.raw = {**typed.raw, **country_of_channel(typed)}
    typed.found_customers = None
    lines = [line for line in order.lines.all() if line.qty_ordered > line.qty_cancelled]
    typed.lines = [line for line in typed.lines if not is_blank(line)] + [_line(line) for line in lines]
    typed.lines = typed.lines[:MAX_LINES] or [blank_line()]
    messages.info(request, f"The lines of {order.number} at the prices of today. Nothing is placed yet.")
    _say_what_changed(request, typed, order, lines)


def _say_what_changed(request: HttpRequest, typed: Typed, order: Order, lines: list[OrderLine]) -> None:
    """What of the order cannot be had any more, and which prices are others now; in another currency none compares."""
    products = products_of(typed.lines)
    prices = {
        raw["sku"]: offer.unit_price
        for raw, offer in zip(typed.lines, offers_for(typed, products), strict=True)
        if offer
    }
    gone, other = [], []
    for line in lines:
        product, price = products.get(line.sku), prices.get(line.sku)
        if product is None or not product.is_active:
            gone.append(f"{line.name} ({line.sku})")
        elif price and price != line.unit_price and typed.channel and typed.channel.currency == order.currency:
            was, now = (format_money(amount, order.currency, unit_price=True) for amount in (line.unit_price, price))
            other.append(f"{line.name} {was}, now {now}")
    if gone:
        messages.warning(
            request,
            f"Not sold any more: {_some(dict.fromkeys(gone))}. Take the line out, or put another product on it.",
        )
    if other:
        messages.warning(request, f"Other prices since {order.number}: {_some(dict.fromkeys(other))}.")


def _some(each: Iterable[str]) -> str:
    found = list(each)
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return "; ".join(found[:NAMED]) + more


def _line(line: OrderLine) -> dict[str, str]:
    to = str(line.ship_to.position) if line.ship_to else ""
    return blank_line() | {"sku": line.sku, "qty": str(line.qty_ordered - line.qty_cancelled), "to": to}


def _head(order: Order, typed: Typed) -> dict[str, str]:
    """The fields above the lines, under the form's names."""
    contact = {"customer_name": order.customer_name, "email": order.email, "phone": order.phone}
    contact["company"] = order.customer.company if order.customer else order.ship_to.get("company", "")
    said = {f"contact-{name}": value for name, value in contact.items()} | _address("ship", order.ship_to)
    if bills_elsewhere(order.bill_to, order.ship_to):
        said |= {"bill_differs": "on"} | _address("bill", order.bill_to)
    for place in order.further_addresses.all():
        said |= {f"place-{place.position}-on": "1"} | _address(f"place-{place.position}", place.address)
    if order.customer_id:
        said["known_customer"] = str(order.customer_id)
    if any(channel.code == order.channel.code for channel in typed.channels):
        said |= {"terms-channel": order.channel.code, "terms-payment_terms": order.payment_terms}
    return said


def _address(prefix: str, address: dict[str, Any]) -> dict[str, str]:
    return {f"{prefix}-{name}": address.get(name, "") for name in AddressForm.base_fields}
