"""The two kinds of cards kept of a customer: addresses and contacts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orders.models import Customer, CustomerAddress, CustomerContact
from orders.models.customer import CustomerCard

MOST = 500  # of one kind and customer


@dataclass(frozen=True)
class CardKind:
    """`columns` are those people write; `same` those by which two cards say the same; `usual` marks one card in use at most has."""

    key: str
    model: type[CustomerCard]
    noun: str
    columns: tuple[str, ...]
    same: tuple[str, ...]
    usual: tuple[str, ...] = ()

    def of(self, customer: Customer) -> Any:
        return self.model.objects.filter(customer=customer)

    def twin(self, customer: Customer, values: Mapping[str, Any], *, but: int | None = None) -> CustomerCard | None:
        """A card in use that says the same, however it is written."""
        said = self._said(values)
        cards = self.of(customer).in_use().exclude(pk=but)
        return next((card for card in cards if self._said(vars(card)) == said), None)

    def _said(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(" ".join(str(values.get(name) or "").lower().split()) for name in self.same)


WHERE = ("line1", "line2", "city", "state", "postal_code", "country")
ADDRESS = CardKind(
    "address", CustomerAddress, "address", ("label", "name", *WHERE, "phone", "is_default", "is_bill_to"),
    ("name", *WHERE), ("is_default", "is_bill_to"),
)  # fmt: skip
CONTACT = CardKind(
    "contact", CustomerContact, "contact", ("name", "part", "email", "phone"), ("name", "email", "phone")
)
