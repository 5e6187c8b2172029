"""What may be asked of a placed order, as data; and the document's rows as that data again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from orders.models import Amendment, AmendmentChange, ChangeKind


@dataclass(frozen=True)
class Change:
    """One change; what each kind needs stands at orders.models.AmendmentChange."""

    kind: str
    line_id: int | None = None
    sku: str = ""
    qty: int | None = None
    amount: Decimal | None = None
    discount: Decimal = Decimal(0)
    address: dict = field(default_factory=dict, hash=False)
    moment: datetime | None = None
    place: int | None = None


@dataclass
class Wanted:
    """All changes of one document, sorted by what they touch. Units are those still wanted of a line."""

    qty: dict[int, int] = field(default_factory=dict)
    price: dict[int, Decimal] = field(default_factory=dict)
    discount: dict[int, Decimal] = field(default_factory=dict)
    added: list[AmendmentChange] = field(default_factory=list)
    address: dict = field(default_factory=dict)
    places: dict[int, dict] = field(default_factory=dict)  # further addresses that are corrected, by number
    sent: list[AmendmentChange] = field(default_factory=list)  # units that go elsewhere
    moment: datetime | None = None
    shipping: Decimal | None = None


def wanted(amendment: Amendment) -> Wanted:
    """The document's rows, sorted; a later row about the same thing wins."""
    found = Wanted()
    for row in rows_of(amendment):
        _sort_in(found, row)
    return found


def rows_of(amendment: Amendment) -> list[AmendmentChange]:
    return list(AmendmentChange.objects.filter(amendment=amendment).select_related("line", "product").order_by("pk"))


def _sort_in(found: Wanted, row: AmendmentChange) -> None:
    by_line: dict[str, tuple[dict[int, Any], Any]] = {
        ChangeKind.QUANTITY: (found.qty, row.qty), ChangeKind.REMOVE: (found.qty, 0),
        ChangeKind.PRICE: (found.price, row.amount), ChangeKind.DISCOUNT: (found.discount, row.amount),
    }  # fmt: skip
    if row.kind in by_line and row.line_id is not None:
        values, value = by_line[row.kind]
        values[row.line_id] = value
    elif row.kind == ChangeKind.ADD:
        found.added.append(row)
    elif row.kind == ChangeKind.SHIP_TO:
        found.sent.append(row)
    elif row.kind == ChangeKind.ADDRESS and row.place:
        found.places[row.place] = row.address
    elif row.kind == ChangeKind.ADDRESS:
        found.address = row.address
    elif row.kind == ChangeKind.DATE:
        found.moment = row.moment
    elif row.kind == ChangeKind.SHIPPING:
        found.shipping = row.amount


def kinds(changes: Iterable[Change | AmendmentChange]) -> set[str]:
    return {change.kind for change in changes}
