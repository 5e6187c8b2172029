"""What tells that a text speaks of this person: their names, e-mails, phones and streets, however written."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from oms.kernel.personal import ERASED, KEPT_OF_PLACE, MARK, place
from orders.models import Customer
from orders.privacy.reach import rows_of

NAMED = frozenset({"customer_name", "name", "company", "email", "phone", "line1", "line2", "sender"})
# Where a column `name` is a person's.
PEOPLE = frozenset({"Customer", "CustomerAddress", "CustomerContact"})
PLACES = frozenset({"ship_to", "bill_to", "address", "was"})
# What people wrote, under these names in events and in the past of orders: nobody can tell whom else it names.
WORDS = frozenset({
    "text", "note", "message", "body", "detail", "customer_note", "customer_name", "email", "phone", "ship_city", "sender",
    "way_reason", "clear_note", "decision_note",
})  # fmt: skip
EMPTY = frozenset({"email", "phone", "ship_city"})
SHORTEST = 3


@dataclass(frozen=True)
class Person:
    """`sure` is only theirs (e-mails, phones by their last nine digits); `names` may be others' too."""

    emails: frozenset[str]
    phones: frozenset[str]
    names: frozenset[str]

    @property
    def sure(self) -> list[str]:
        return [re.escape(email) for email in sorted(self.emails)] + [_spelled(phone) for phone in sorted(self.phones)]

    def of_theirs(self) -> re.Pattern[str] | None:
        """Finds all that names them, in rows that are theirs; longest first, so that no part of a name is left."""
        plain = [rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(self.names, key=lambda n: (-len(n), n))]
        return re.compile("|".join(self.sure + plain), re.I) if self.sure or plain else None

    def of_others(self) -> re.Pattern[str] | None:
        """Finds what only they have, in rows that may be others'; by name and street where they left neither mail nor phone."""
        found = self.sure or [re.escape(name) for name in sorted(self.names) if len(name) > 8]
        return re.compile("|".join(found), re.I) if found else None


def person_of(customer: Customer, reached: Iterable[tuple[type[Model], QuerySet]] | None = None) -> Person:
    """Read from all their rows (`reached`, if it is known already), past ones included: an address they left years ago names them too."""
    found: dict[str, set[str]] = {"email": set(), "phone": set(), "name": set()}
    for model, rows in rows_of(customer) if reached is None else reached:
        columns = _naming(model)
        if columns:
            for row in rows.values(*columns).iterator():
                _collect(row, found)
    return Person(
        frozenset(found["email"]), frozenset(p for phone in found["phone"] if (p := re.sub(r"\D", "", phone)[-9:]) and len(p) > 6),
        frozenset(found["name"]),
    )  # fmt: skip


def _naming(model: type[Model]) -> list[str]:
    person = model.__name__.removeprefix("Historical") in PEOPLE
    wanted = (NAMED if person else NAMED - {"name"}) | PLACES
    return [f.attname for f in model._meta.concrete_fields if f.attname in wanted]


def _collect(found: Any, into: dict[str, set[str]], key: str = "") -> None:
    if isinstance(found, Mapping):
        for name, value in found.items():
            _collect(value, into, name)
    elif isinstance(found, str) and key in NAMED and len(found.strip()) >= SHORTEST and found != ERASED:
        if key == "sender":
            key = "email" if "@" in found else "name"
        into[key if key in into else "name"].add(found.strip())


def _spelled(digits: str) -> str:
    """The phone with any spaces, hyphens or brackets, and whatever code stands before it."""
    return r"\+?(?:\d[\s().-]*){0,4}" + r"[\s().-]*".join(digits)


def scrubbed(value: Any, pattern: re.Pattern[str] | None, *, words: bool = False, key: str = "") -> Any:
    """`value` without anything that names the person; an address keeps its state and country. `words`: nor what was written."""
    if isinstance(value, str):
        if words and key in WORDS and value:
            return "" if key in EMPTY else ERASED
        return pattern.sub(MARK, value) if pattern and value else value
    if isinstance(value, Mapping):
        if "line1" in value or "postal_code" in value:
            return place(value)
        return {
            name: part if name in KEPT_OF_PLACE else scrubbed(part, pattern, words=words, key=name)
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [scrubbed(part, pattern, words=words) for part in value]
    return value
