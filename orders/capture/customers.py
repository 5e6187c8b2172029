"""Find the customer of each draft again, or make one."""

import re
from collections.abc import Mapping
from functools import lru_cache

import phonenumbers

from oms.kernel.clock import now
from oms.kernel.db import copy_history, fetch, insert_rows
from orders.capture.known import read_buyers
from orders.channels.draft import OrderDraft
from orders.models import Customer, CustomerAddress

# Says which buyers it made: a parallel capture may have made some of them a moment ago.
MAKE = """
INSERT INTO orders_customer (name, company, email, phone, match_key, tax_id, note, created_at, updated_at)
SELECT *, '', '', %s::timestamptz, %s::timestamptz
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING RETURNING match_key, id
"""


def make_missing(drafts: Mapping[str, OrderDraft], found: dict[str, int]) -> None:
    """Make the buyers of `drafts` (by match key) who are not in `found`, and put their ids there."""
    missing = {key: draft for key, draft in drafts.items() if key and key not in found}
    if missing:
        _make(missing)
        found.update(read_buyers(list(missing)))


def match_key(draft: OrderDraft, country: str) -> str:
    """That of a buyer who was chosen, else the e-mail in lower case, else phone in E.164, else the source's own customer
    reference, else nothing."""
    if draft.buyer_key:
        return draft.buyer_key
    if draft.email:
        return draft.email.strip().lower()[:254]
    if draft.phone and (e164 := normal_phone(draft.phone, draft.ship_to.country or country)):
        return e164
    reference = draft.extra.get("customer_ref", "")
    return f"ref:{reference}"[:260] if reference else ""


@lru_cache(maxsize=4096)
def normal_phone(raw: str, country: str) -> str:
    """`raw` in E.164 when it is a possible number of the country, else ""."""
    try:
        number = phonenumbers.parse(raw, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _make(missing: dict[str, OrderDraft]) -> None:
    at = now()
    drafts = [
        (_name(d)[:160], d.company[:160], d.email.strip()[:254], d.phone[:32], key)
        for key, d in sorted(missing.items())
    ]
    made = dict(fetch(MAKE, [at, at, *map(list, zip(*drafts, strict=True))]))
    copy_history(Customer, list(made.values()), kind="+", user_id=None, reason="First order")
    columns = ("customer", "label", "name", "line1", "line2", "city", "state", "postal_code", "country", "phone",
               "is_default", "created_at", "updated_at")  # fmt: skip
    rows = [
        (made[key], "", a.name[:160], a.line1[:200], a.line2[:200], a.city[:100], a.state[:100], a.postal_code[:20],
         a.country[:2], a.phone[:32], True, at, at)
        for key, d in missing.items() if key in made and not (a := d.ship_to).is_empty()
    ]  # fmt: skip
    insert_rows(CustomerAddress, columns, rows)


def _name(draft: OrderDraft) -> str:
    name = draft.customer_name or draft.bill_to.name or draft.ship_to.name or draft.company
    return re.sub(r"\s+", " ", name).strip() or draft.email or draft.phone or "Unnamed customer"
