"""What the apps say about the personal data in their tables, for those who erase it or give it out.

Rows that hang on a customer or an order by foreign keys are found without being named here; what is named is what no key
tells: which columns say who somebody is, which tables only mention them, and what is left of both.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ERASED = "Erased"
MARK = "[erased]"  # stands where a text that stays named the person
KEPT_OF_PLACE = ("state", "country")  # the place of supply: what tax on the order was reckoned from


@dataclass(frozen=True)
class Beside:
    """A table with no key to the person: `columns` are searched for what only they have (e-mail, phone)."""

    columns: tuple[str, ...]


@dataclass
class Book:
    """`left`: what a column becomes, by model label. `of_order`: the column that holds an order's number."""

    left: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # rows that are deleted
    of_order: dict[str, str] = field(default_factory=dict)
    beside: dict[str, Beside] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)


BOOK = Book()


def left_of(model: str, label: str = "", /, **columns: Any) -> None:
    """After an erasure each of `columns` of the person's rows is this value, or what this function makes of it."""
    BOOK.left.setdefault(model, {}).update(columns)
    if label:
        BOOK.labels[model] = label


def deleted(model: str, label: str) -> None:
    BOOK.gone.add(model)
    BOOK.labels[model] = label


def of_order(model: str, column: str, label: str) -> None:
    """Rows of `model` belong to the order whose number is in `column`."""
    BOOK.of_order[model], BOOK.labels[model] = column, label


def beside(model: str, label: str, *columns: str) -> None:
    BOOK.beside[model], BOOK.labels[model] = Beside(columns), label


def place(address: Any) -> Any:
    """What stays of an address: state and country."""
    return {key: address[key] for key in KEPT_OF_PLACE if address.get(key)} if isinstance(address, dict) else address


def said(text: Any) -> Any:
    """What stays of somebody's words: that there were some."""
    return ERASED if text else text


Made = Callable[[Any], Any]
