"""The edit history of an order in words: which field, from what to what, by whom and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from oms.kernel.clock import business_zone
from oms.kernel.money import format_money
from orders.models import Order

LONGEST = 1000
LABELS = {"ship_to": "Delivery address", "bill_to": "Billing address", "assignee": "Assigned to", "sub_stage": "Step",
          "end_reason": "Why it ended", "promised_at": "Promised for", "is_gate_waived": "Payment gate waived",
          "email": "E-mail", "customer_name": "Customer's name", "customer_note": "Customer's note"}  # fmt: skip
# Parts of the delivery address; and what the program keeps for itself.
UNSAID = {"ship_city", "ship_country", "updated_at", "match_key"}
ADDRESS = ("name", "company", "line1", "line2", "city", "state", "postal_code", "country", "phone")


@dataclass(frozen=True)
class Edit:
    record: Any
    field: str
    before: str
    after: str


def edits_of(order: Order) -> tuple[list[Edit], Any]:
    """Every edit, newest first, and the record of the capture."""
    rows = order.history.select_related("history_user", "assignee", "sub_stage", "customer")
    records = list(rows.order_by("-history_date", "-history_id")[:LONGEST])
    edits = [edit for new, old in pairwise(records) for edit in changes_between(new, old)]
    return edits, records[-1] if records else None


def changes_between(new: Any, old: Any) -> Iterator[Edit]:
    """What differs between two rows of the kept past of one record."""
    for field in new.tracked_fields:
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if before != after and field.name not in UNSAID:
            label = LABELS.get(field.name) or str(field.verbose_name)
            label = label[:1].upper() + label[1:]
            yield Edit(new, label, _words(old, field, before), _words(new, field, after))


def _words(record: Any, field: Any, value: Any) -> str:
    if value in (None, "", {}, []):
        return ""
    if field.is_relation:
        try:
            related = getattr(record, field.name)
        except ObjectDoesNotExist:
            return "one that is deleted"
        return str(getattr(related, "display_name", "") or related)  # people by name, not by the name they sign in with
    return words(dict(field.flatchoices).get(value, value) if field.flatchoices else value, record)


def words(value: Any, record: Any = None) -> str:
    """A stored value as a person reads it."""
    if isinstance(value, dict):
        return ", ".join(str(value[key]) for key in ADDRESS if value.get(key))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if hasattr(value, "astimezone"):
        return f"{value.astimezone(business_zone()):%d %b %Y %H:%M}"
    if type(value).__name__ == "Decimal" and record is not None:
        return format_money(value, record.currency)
    return str(value or "")
