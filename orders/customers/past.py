"""What changed about a customer, their addresses and contacts, in words: which field, from what to what, by whom."""

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from orders.customers.cards import ADDRESS, CONTACT
from orders.edits import Edit, changes_between
from orders.models import CreditAccount, Customer, CustomersApart

SHOWN = 200
MADE = {"+": "Added", "~": "Changed", "-": "Removed"}
APART = {"+": "Said", "~": "Goes on after a merge", "-": "Not so any more"}


@dataclass(frozen=True)
class Change:
    """`what` is the record's own name, `edits` what differs; none of them: `said` tells what was done with it."""

    what: str
    record: Any
    edits: tuple[Edit, ...]
    said: str = MADE["+"]


def changes_of(customer: Customer, user: Any) -> list[Change]:
    """The newest changes first, of the customer, of those merged into them and of every card that is or was theirs. Customers this
    person may not see are not named."""
    ids = [customer.pk, *customer.merged_away.values_list("pk", flat=True)]
    found = []
    for pk in ids:
        noun = "Customer" if pk == customer.pk else f"Customer {pk}"
        found += _of(Customer.history.filter(id=pk).select_related("group", "merged_into"), noun)
    for kind in (ADDRESS, CONTACT):
        noun, past = kind.noun.capitalize(), kind.model.history.filter(customer_id__in=ids)
        found += _of(past, noun)
        found += [
            _came(noun, card) for card in kind.of(customer).exclude(pk__in=past.filter(history_type="+").values("id"))
        ]
    found += _of(CreditAccount.history.filter(customer_id__in=ids), "Credit")
    found += _told_apart(ids, user)
    return sorted(found, key=lambda change: change.record.history_date, reverse=True)[:SHOWN]


def _of(rows: Any, noun: str) -> list[Change]:
    past: dict[int, list[Any]] = {}
    for record in rows.select_related("history_user").order_by("-history_date", "-history_id")[: SHOWN * 5]:
        past.setdefault(record.id, []).append(record)
    found = []
    for records in past.values():
        for new, old in pairwise(records):
            edits = tuple(changes_between(new, old))
            if edits or new.history_type == "-":
                found.append(Change(_named(noun, new), new, edits, MADE[new.history_type]))
        if records[-1].history_type != "-":  # "~": it was there before anybody kept its past
            found.append(Change(_named(noun, records[-1]), records[-1], (), MADE[records[-1].history_type]))
    return found


def _came(noun: str, card: Any) -> Change:
    """A card that came with an order: what capture stores in many rows at once has no past of its own."""
    record = SimpleNamespace(history_date=card.created_at, history_user=None, history_change_reason="With an order")
    return Change(_named(noun, card), record, ())


def _told_apart(ids: list[int], user: Any) -> list[Change]:
    rows = CustomersApart.history.filter(Q(one_id__in=ids) | Q(other_id__in=ids))
    rows = list(rows.select_related("history_user", "one", "other").order_by("-history_date", "-history_id")[:SHOWN])
    others = {pk for record in rows for pk in (record.one_id, record.other_id)}
    seen = set(Customer.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True)) | set(ids)
    return [
        Change(
            "Not the same: " + " and ".join(str(c) if c.pk in seen else "somebody else" for c in (record.one, record.other)),
            record, (), _why(record),
        )
        for record in rows
    ]  # fmt: skip


def _why(record: Any) -> str:
    said = APART[record.history_type]
    return f"{said}: {record.why}" if record.why and record.history_type == "+" else said


def _named(noun: str, record: Any) -> str:
    said = (getattr(record, name, "") for name in ("label", "line1", "name"))
    return ", ".join(filter(None, (noun, next(filter(None, said), ""))))
