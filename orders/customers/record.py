"""The record of a customer itself: what people write of it, and the key by which their next order finds it."""

import hashlib
import json

from orders.capture.customers import normal_phone
from orders.models import Customer

COLUMNS = ("name", "company", "email", "phone", "tax_id", "crm_url", "note")


def stamp(customer: Customer) -> str:
    """Changes when anything of COLUMNS does, whoever wrote it."""
    return hashlib.sha256(json.dumps([getattr(customer, name) for name in COLUMNS]).encode()).hexdigest()[:32]


def key_after(customer: Customer, *, country: str) -> str:
    """The match key that fits the customer's e-mail and phone as they are set now (not stored yet).

    The one they have stays as long as it is one of theirs: orders that came by the phone go on finding them when they are
    given an e-mail. A source's own reference stays too. "" where neither can be a key; `country` is that of a phone without
    its code.
    """
    email, phone = customer.email.strip().lower()[:254], normal_phone(customer.phone, country)
    if customer.match_key.startswith("ref:") or customer.match_key in (email, phone):
        return customer.match_key
    return email or phone
