"""The columns of a product file: which field each fills, and what its cells may hold.

An export has the same columns, so what goes out comes back in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oms.kernel.currencies import CURRENCIES
from oms.kernel.models import MONEY_DIGITS, MONEY_PLACES
from oms.tables.values import decimal

MOST_MONEY = Decimal(10) ** (MONEY_DIGITS - MONEY_PLACES)
MOST_WHOLE = 2**31 - 1  # of a PostgreSQL integer
MOST_DAYS = 3650
YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
# 8.90123E+12: a spreadsheet took a code for a number and threw its last digits away.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


class Unusable(ValueError):
    """A cell that cannot be taken; the text says why and what to do."""


@dataclass(frozen=True)
class ProductColumn:
    """`read` turns the text of a cell, never empty, into the value of `field` or raises `Unusable`."""

    name: str
    field: str
    read: Callable[[str], Any]


def text(most: int, *, code: bool = False) -> Callable[[str], str]:
    """Text of at most `most` characters in one line; a `code` must also have all its digits."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise Unusable(f"is longer than {most} characters; shorten it.")
        if not cell.isprintable():
            raise Unusable("has a line break or a sign that cannot be seen; type it again.")
        if code and _SHORTENED.fullmatch(cell):
            raise Unusable(
                "was shortened by a spreadsheet; give the column the format Text and enter all digits again."
            )
        return cell

    return read


def money(cell: str) -> Decimal:
    value = decimal(cell)
    if value is None or value < 0:
        raise Unusable("is no price; write it like 1234.50, zero or more.")
    if value >= MOST_MONEY:
        raise Unusable("is more than any price that can be kept.")
    return value


def currency(cell: str) -> str:
    if cell.upper() not in CURRENCIES:
        raise Unusable("is no currency code like INR.")
    return cell.upper()


def whole(most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        value = decimal(cell)
        if value is None or value != int(value) or value < 0:
            raise Unusable("is no whole number, zero or more.")
        if value > most:
            raise Unusable(f"is more than {most:,}; look at the unit.")
        return int(value)

    return read


def yes_or_no(cell: str) -> bool:
    if cell.lower() not in YES + NO:
        raise Unusable("is neither yes nor no.")
    return cell.lower() in YES


KEY = ProductColumn("sku", "sku", text(80, code=True))
COLUMNS = (
    KEY,
    ProductColumn("name", "name", text(255)),
    ProductColumn("barcode", "barcode", text(40, code=True)),
    ProductColumn("price", "price", money),
    ProductColumn("currency", "currency", currency),
    ProductColumn("tax_class", "tax_class", text(30)),
    ProductColumn("weight_grams", "weight_grams", whole(MOST_WHOLE)),
    ProductColumn("length_mm", "length_mm", whole(MOST_WHOLE)),
    ProductColumn("width_mm", "width_mm", whole(MOST_WHOLE)),
    ProductColumn("height_mm", "height_mm", whole(MOST_WHOLE)),
    ProductColumn("active", "is_active", yes_or_no),
    ProductColumn("allows_backorder", "allows_backorder", yes_or_no),
    ProductColumn("make_days", "make_days", whole(MOST_DAYS)),
    ProductColumn("plans_itself", "plans_itself", yes_or_no),
)
