"""The buttons of the new-order form that do not save: each changes the typed text and keeps the rest."""

from django.contrib import messages
from django.http import HttpRequest

from orders.models import Customer
from orders.views import places
from orders.views.typed import MAX_LINES, Typed, blank_line, find_customers, find_products


def press(request: HttpRequest, typed: Typed) -> None:
    """Do what the button says to the typed text. Enter in a field presses `go`: it searches, and never saves."""
    post = request.POST
    if "add_line" in post and len(typed.lines) < MAX_LINES:
        typed.lines.append(blank_line())
    if (at := post.get("remove_line", "")).isdecimal() and int(at[:6]) < len(typed.lines):
        del typed.lines[int(at[:6])]
        typed.lines = typed.lines or [blank_line()]
    if sku := post.get("add_sku", ""):
        for product in find_products(sku)[:1]:
            typed.add(product)
    places.press(request, typed)
    if customer := post.get("use_customer", ""):
        _fill(request, typed, customer)
    if text := post.get("find_customer", "").strip():
        typed.found_customers = None if customer else find_customers(text, request.user)
    if (text := post.get("find_product", "").strip()) and not sku:
        typed.found_products = _scanned(typed, text) if "go" in post else find_products(text)


def _scanned(typed: Typed, text: str) -> list | None:
    """Enter after a whole SKU or barcode adds the product, as a scanner does; anything else is a search."""
    found = find_products(text)
    exact = [p for p in found if text.lower() in (p.sku.lower(), p.barcode.lower())]
    if not exact:
        return found
    typed.add(exact[0])
    typed.raw = {**typed.raw, "find_product": ""}
    return None


def _fill(request: HttpRequest, typed: Typed, pk: str) -> None:
    """Copy a known customer's contact and default address into the form."""
    rows = Customer.objects.visible_to(request.user)
    customer = rows.filter(pk=int(pk[:18])).first() if pk.isdecimal() else None
    if customer is None:
        messages.error(request, "That customer is not there any more; search again.")
        return
    given = {f"contact-{k}": v for k, v in (("customer_name", customer.name), ("company", customer.company),
             ("email", customer.email), ("phone", customer.phone))}  # fmt: skip
    address = customer.addresses.order_by("-is_default", "-updated_at").first()
    if address:
        given |= {f"ship-{k}": getattr(address, k) for k in ("name", "line1", "line2", "city", "state", "postal_code",
                  "country", "phone")}  # fmt: skip
    typed.raw = {**typed.raw, **given, "find_customer": "", "known_customer": str(customer.pk)}
