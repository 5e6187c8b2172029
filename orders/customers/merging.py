"""Two customers side by side: what both have and only one can keep, what stands in the way, and how their records change."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oms.kernel.errors import Refusal
from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders.customers.apart import between
from orders.customers.likely import phone_ends
from orders.models import ChatAlias, CreditAccount, Customer, PriceItem

KEPT, GONE = "kept", "gone"
FIELDS = {
    "name": "Name",
    "company": "Company",
    "email": "E-mail",
    "phone": "Phone",
    "tax_id": "Tax number",
    "crm_url": "CRM link",
    "group": "Customer group",
}
BOTH_HAD = {"credit": "Credit terms", "prices": "Own prices", "words": "Words of their messages"}


@dataclass(frozen=True)
class Conflict:
    """What both have and only one side can win; both sides in words."""

    key: str
    label: str
    kept: str
    gone: str


def conflicts_of(kept: Customer, gone: Customer) -> list[Conflict]:
    """Every choice that a person has to make. What only one of them has is no conflict: it stays."""
    found = []
    for name, label in FIELDS.items():
        ours, theirs = getattr(kept, name), getattr(gone, name)
        if ours and theirs and not _says_same(name, str(ours), str(theirs)):
            found.append(Conflict(name, label, str(ours), str(theirs)))
    credit = [CreditAccount.objects.filter(customer=c).first() for c in (kept, gone)]
    if credit[0] and credit[1]:
        found.append(Conflict("credit", BOTH_HAD["credit"], _credit(credit[0]), _credit(credit[1])))
    if n := len(priced_twice(kept, gone)):
        found.append(Conflict("prices", f"{BOTH_HAD['prices']} of {plural(n, 'product')}", _lists(kept), _lists(gone)))
    if words := said_twice(kept, gone):
        found.append(Conflict("words", BOTH_HAD["words"], *_meanings(kept, gone, words)))
    return found


def refusals(kept: Customer, gone: Customer) -> list[Refusal]:
    """Why the two cannot become one, in sentences."""
    found = []
    if kept.pk == gone.pk:
        found.append(Refusal("same_customer", "Choose two different customers."))
    for customer in (kept, gone):
        if customer.merged_into_id:
            found.append(
                Refusal("customer_merged", f"{customer} is part of another customer by now; merge with that one.")
            )
        if customer.is_erased:
            found.append(Refusal("customer_erased", "The personal data of one of them is erased; they stay apart."))
    if apart := between(kept, gone):
        found.append(
            Refusal(
                "customers_apart", f"{apart.by} said that they are not the same. Take that back first, if they are."
            )
        )
    return found


def stamp(kept: Customer, gone: Customer) -> str:
    """Changes when what a person had to choose between changes."""
    values = [kept.pk, gone.pk, *([c.key, c.kept, c.gone] for c in conflicts_of(kept, gone))]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def record_after(kept: Customer, gone: Customer, choice: Mapping[str, str]) -> dict[str, Any]:
    """{column: value} of the record that stays: the side chosen, else what is there, else what the other has."""
    values = {}
    for name in FIELDS:
        ours, theirs = getattr(kept, name), getattr(gone, name)
        values[name] = theirs if theirs and (choice.get(name) == GONE or not ours) else ours
    if _says_same("phone", kept.phone, gone.phone):
        values["phone"] = max(
            (kept.phone, gone.phone), key=lambda phone: phone.strip().startswith("+")
        )  # with its country
    notes = [note for note in (kept.note.strip(), gone.note.strip()) if note]
    return values | {"note": "\n".join(dict.fromkeys(notes))}


def _says_same(name: str, ours: str, theirs: str) -> bool:
    """Whether two ways of writing it say one thing; a phone is the same by its last digits."""
    if name == "phone" and (ends := phone_ends([ours])):
        return ends == phone_ends([theirs])
    return ours.strip().lower() == theirs.strip().lower()


def priced_twice(kept: Customer, gone: Customer) -> set[tuple[str, int]]:
    """(currency, product id) that lists in use of both give a price to."""

    def named(customer: Customer) -> set[tuple[str, int]]:
        rows = PriceItem.objects.filter(price_list__customer=customer, price_list__is_active=True)
        return set(rows.values_list("price_list__currency", "product_id"))

    return named(kept) & named(gone)


def said_twice(kept: Customer, gone: Customer) -> set[str]:
    """Words that mean one product to the one, and another to the other."""
    rows = ChatAlias.objects.filter(customer__in=(kept, gone)).values_list("words", "product_id")
    meant: dict[str, set[int]] = {}
    for words, product in rows:
        meant.setdefault(words, set()).add(product)
    return {words for words, products in meant.items() if len(products) > 1}


def _credit(account: CreditAccount) -> str:
    limit = format_money(account.limit, account.currency)
    return f"{limit}, {plural(account.terms_days, 'day')}{', stopped' if account.is_stopped else ''}"


def _lists(customer: Customer) -> str:
    return ", ".join(str(row) for row in customer.price_lists.filter(is_active=True))


def _meanings(kept: Customer, gone: Customer, words: set[str]) -> tuple[str, str]:
    said: list[list[str]] = [[], []]
    rows = ChatAlias.objects.filter(customer__in=(kept, gone), words__in=words).select_related("product")
    for row in rows.order_by("words"):
        said[row.customer_id == gone.pk].append(f"“{row.words}” is {row.product.sku}")
    return "; ".join(said[0]), "; ".join(said[1])
