"""Who is likely the same person as a customer, and why; nothing is decided by it."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from orders.customers.apart import not_told_apart_from
from orders.models import Customer, Order
from orders.querysets import PHONE_END

SHOWN = 8
LOOKED_AT = 20  # of their newest orders
SHORTEST = 7  # digits of a phone that tell anything


@dataclass(frozen=True)
class Likely:
    """Another customer, and what both have the same of: "phone and e-mail"."""

    customer: Customer
    why: str


def likely_same(customer: Customer, user: Any) -> list[Likely]:
    """Other customers this person may see who have the same phone by its last digits, the same e-mail, or the same name
    and postal code, but for whom somebody told apart; phones and e-mails of the customer's newest orders count as theirs.
    Three queries."""
    if customer.is_erased:
        return []
    newest = Order.objects.filter(customer=customer).order_by("-placed_at", "-id").values_list("phone", "email")
    reached = [(customer.phone, customer.email), *newest[:LOOKED_AT]]
    ends, emails = phone_ends(p for p, _ in reached), {e.lower() for _, e in reached if e}
    others = _others(customer.pk, user)
    found = {row.pk: Likely(row, _why(row, ends, emails)) for row in _reached_so(others, ends, emails)[:SHOWN]}
    codes = {a.postal_code for a in customer.addresses.all() if a.postal_code}
    if codes and customer.name:
        called = others.alias(low=Lower("name")).filter(low=customer.name.lower(), addresses__postal_code__in=codes)
        for row in called.distinct()[:SHOWN]:
            found.setdefault(row.pk, Likely(row, "name and postal code"))
    return list(found.values())[:SHOWN]


def also_reached(order: Order, user: Any) -> list[Likely]:
    """Other customers whose phone or e-mail an order carries: it is booked on one of them, and the rest is to be asked. One query."""
    if order.customer_id is None or not (order.phone or order.email):
        return []
    ends, emails = phone_ends([order.phone]), {order.email.lower()} - {""}
    others = _others(order.customer_id, user)
    return [Likely(row, _why(row, ends, emails)) for row in _reached_so(others, ends, emails)[:SHOWN]]


def _others(pk: int, user: Any) -> Any:
    return Customer.objects.visible_to(user).present().exclude(pk=pk).filter(not_told_apart_from(pk))


def phone_ends(phones: Any) -> set[str]:
    """The last nine digits of each, as the books compare them."""
    digits = (re.sub(r"\D", "", phone)[-9:] for phone in phones)
    return {end for end in digits if len(end) >= SHORTEST}


def _reached_so(rows: Any, ends: set[str], emails: set[str]) -> Any:
    rows = rows.alias(end=PHONE_END, mail=Lower("email"))
    return rows.filter((Q(end__in=ends) & ~Q(phone="")) | (Q(mail__in=emails) & ~Q(email=""))).order_by("pk")


def _why(row: Customer, ends: set[str], emails: set[str]) -> str:
    both = ["phone"] if phone_ends([row.phone]) & ends else []
    return " and ".join(both + (["e-mail"] if row.email.lower() in emails else []))
