"""The buttons of the new-order form that do not save: each changes the typed text and keeps the rest."""

from django.contrib import messages
from django.http import HttpRequest

from inventory.models import Product
from inventory.offering import find_products
from orders.customers.likely import SHORTEST
from orders.models import Customer, Order, PaymentTerms
from orders.views import places
from orders.views.again import repeat
from orders.views.typed import MAX_LINES, Typed, blank_line, country_of_channel, find_customers, many, products_of


def press(request: HttpRequest, typed: Typed) -> None:
    """Do what the button says to the typed text. Enter in a field presses `go`: it searches, and never saves."""
    post = request.POST
    if "add_line" in post and len(typed.lines) < MAX_LINES:
        typed.lines.append(blank_line())
    if (at := post.get("remove_line", "")).isdecimal() and int(at[:6]) < len(typed.lines):
        del typed.lines[int(at[:6])]
        typed.lines = typed.lines or [blank_line()]
    places.press(request, typed)
    if number := post.get("repeat", ""):
        return repeat(request, typed, number)
    _press_customer(request, typed)
    _press_product(request, typed)


def _press_customer(request: HttpRequest, typed: Typed) -> None:
    """Look for a customer, and fill one in: the one pressed, or by Enter the only one there is while no name is typed."""
    text, chosen = request.POST.get("find_customer", "").strip(), request.POST.get("use_customer", "")
    if text and not chosen:
        typed.found_customers = found = find_customers(text, request.user)
        if "go" in request.POST and len(found) == 1 and not typed.raw.get("contact-customer_name", "").strip():
            chosen, typed.found_customers = str(found[0].pk), None
        elif "go" in request.POST and not found:
            begin(typed, text)
    if chosen:
        fill(request, typed, chosen)
    if "forget_customer" in request.POST:
        typed.raw = {**typed.raw, "known_customer": ""}
    if (pk := request.POST.get("use_contact", "")) and typed.customer:
        _call_on(request, typed, pk)


def begin(typed: Typed, text: str) -> None:
    """Nobody is known by it: what was typed is the new customer's, their e-mail, phone or name by its shape."""
    digits = sum(c.isdigit() for c in text)
    name = "email" if "@" in text else "phone" if digits >= SHORTEST and digits * 2 > len(text) else "customer_name"
    if not typed.raw.get(f"contact-{name}", "").strip():
        typed.raw = {**typed.raw, f"contact-{name}": text, "find_customer": ""}


def _call_on(request: HttpRequest, typed: Typed, pk: str) -> None:
    """Whom to reach about this order: a contact of the customer."""
    contacts = typed.customer.contacts.in_use() if typed.customer else ()
    contact = next((c for c in contacts if str(c.pk) == pk), None)
    if contact is None:
        messages.error(request, "That contact is not kept any more; type it in.")
        return
    given = {"customer_name": contact.name, "phone": contact.phone, "email": contact.email}
    typed.raw = {**typed.raw, **{f"contact-{name}": value for name, value in given.items()}}


def _press_product(request: HttpRequest, typed: Typed) -> None:
    """Look for a product, and add one: the one pressed, or by Enter the one that is named exactly or the only one."""
    text, sku = request.POST.get("find_product", "").strip(), request.POST.get("add_sku", "").strip()
    qty, what = many(text)
    if sku:
        found = products_of([{"sku": sku}])
        product = found.get(sku) or found.get(sku.lower())
    else:
        typed.found_products = find_products(what) if text else None
        product = meant(typed.found_products, what) if typed.found_products and "go" in request.POST else None
    if product:
        typed.add(product, qty)
        typed.raw, typed.found_products = {**typed.raw, "find_product": ""}, None


def meant(found: list[Product], text: str) -> Product | None:
    """A whole SKU or barcode, as a scanner sends it, or the only product called so."""
    exact = [p for p in found if text.lower() in (p.sku.lower(), p.barcode.lower())]
    return exact[0] if exact else found[0] if len(found) == 1 else None


def fill(request: HttpRequest, typed: Typed, pk: str) -> None:
    """Copy a known customer's contact and default address into the form."""
    customer = Customer.objects.staying(pk, request.user)
    if customer is None:
        messages.error(request, "That customer is not there any more; search again.")
        return
    given = {f"contact-{k}": v for k, v in (("customer_name", customer.name), ("company", customer.company),
             ("email", customer.email), ("phone", customer.phone))}  # fmt: skip
    if address := customer.usual_address():
        given |= places.written("ship", address)
    bill = customer.billing_address()
    if bill and bill != address:
        given |= {"bill_differs": "on"} | places.written("bill", bill)
    rows = Order.objects.filter(customer=customer, channel__in=typed.channels)
    last = rows.order_by("-placed_at", "-id").first()
    given |= _channel_of(last, address.country if address else "", typed)
    if last and typed.raw.get("terms-payment_terms", "") in ("", PaymentTerms.PREPAID):  # nothing else was chosen yet
        given["terms-payment_terms"] = last.payment_terms
    typed.raw = {**typed.raw, **given, "find_customer": "", "known_customer": str(customer.pk)}
    typed.raw = {**typed.raw, **country_of_channel(typed)}  # what they brought along may be another channel


def _channel_of(last: Order | None, country: str, typed: Typed) -> dict[str, str]:
    """The channel the customer ordered on last, if orders are taken there by hand, else one of their country; the chosen one
    where it is of their country, and once there are lines with its prices."""
    chosen = typed.channel
    if chosen is None or any(line["sku"].strip() for line in typed.lines):
        return {}
    near = [c for c in typed.channels if c.pk == (last.channel_id if last else None)]
    if not near and country and chosen.country != country:
        near = [c for c in typed.channels if c.country == country]
    return {"terms-channel": near[0].code} if near else {}
