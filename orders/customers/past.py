"""What changed about a customer, their addresses and contacts, in words: which field, from what to what, by whom."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from orders.customers.cards import ADDRESS, CONTACT
from orders.edits import Edit, changes_between
from orders.models import CreditAccount, Customer

SHOWN = 200


@dataclass(frozen=True)
class Change:
    """`what` is the record's own name, `edits` what differs; none of them: it was made then."""

    what: str
    record: Any
    edits: tuple[Edit, ...]


def changes_of(customer: Customer) -> list[Change]:
    """The newest changes first, of the customer and of every card that is or was theirs."""
    found = _of(customer.history.select_related("group", "merged_into"), "Customer")
    for kind in (ADDRESS, CONTACT):
        rows = kind.model.history.filter(customer_id=customer.pk)
        found += _of(rows, kind.noun.capitalize())
    found += _of(CreditAccount.history.filter(customer_id=customer.pk), "Credit")
    return sorted(found, key=lambda change: change.record.history_date, reverse=True)[:SHOWN]


def _of(rows: Any, noun: str) -> list[Change]:
    past: dict[int, list[Any]] = {}
    for record in rows.select_related("history_user").order_by("-history_date", "-history_id")[: SHOWN * 5]:
        past.setdefault(record.id, []).append(record)
    found = []
    for records in past.values():
        for new, old in pairwise(records):
            if edits := tuple(changes_between(new, old)):
                found.append(Change(_named(noun, new), new, edits))
        if records[-1].history_type == "+":
            found.append(Change(_named(noun, records[-1]), records[-1], ()))
    return found


def _named(noun: str, record: Any) -> str:
    said = (getattr(record, name, "") for name in ("label", "line1", "name"))
    return ", ".join(filter(None, (noun, next(filter(None, said), ""))))
