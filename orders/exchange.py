"""What an amount is worth in the book currency: at the rate its order was placed at, rounded once (CU-10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from oms.kernel.money import format_money, quantize
from oms.ui.words import day_of

ONE = Decimal(1)
PLACES, MOST = 8, Decimal(10) ** 9  # of a rate: decimals, and what it is below


@dataclass(frozen=True)
class Rate:
    """One unit in the book currency; `on` is the day the rate is of, None for the book currency itself."""

    rate: Decimal
    on: date | None = None


@dataclass(frozen=True)
class Books:
    """The book currency, and the rates in force by (currency, day)."""

    currency: str
    rates: Mapping[tuple[str, date], Rate] = field(default_factory=dict)

    def rate(self, currency: str, day: date) -> Rate | None:
        return Rate(ONE) if currency == self.currency else self.rates.get((currency, day))


# The latest rate of a currency on a day or before, while it holds. {0}: alias of a row with `currency` and `day`.
IN_FORCE = """
  SELECT r.rate, r.day FROM orders_exchangerate r JOIN orders_bookcurrency b ON b.currency = r."into"
  WHERE r.currency = {0}.currency AND r.day <= {0}.day AND r.day >= {0}.day - b.rate_days::integer
  ORDER BY r.day DESC LIMIT 1"""


def set_rate(order: Any, books_currency: str, rate: Rate | None) -> None:
    """Freeze the rate on the order; None: it is taken all the same, and nobody knows its worth yet."""
    order.book_currency = books_currency
    order.book_rate, order.book_rate_on = (rate.rate, rate.on) if rate else (None, None)
    value(order)


def value(order: Any) -> None:
    """Bring the order's worth in the book currency in line with its total; every writer of a total ends here."""
    order.book_total = in_book(order, order.total)


def in_book(order: Any, amount: Decimal) -> Decimal | None:
    """`amount` of the order's currency at the order's own rate; None while it has none."""
    return None if order.book_rate is None else quantize(amount * order.book_rate, order.book_currency)


def worth(order: Any) -> str:
    """The order's worth in words: "≈ ₹23,101.20 at 55.2, the rate of 3 Nov"; empty in the book currency itself."""
    if order.currency == order.book_currency:
        return ""
    if order.book_total is None:
        day = day_of(order.placed_at)
        return (
            f"Its worth in {order.book_currency} is not known: there was no exchange rate of {order.currency} for {day}"
        )
    of = f", the rate of {day_of(order.book_rate_on)}" if order.book_rate_on else ""
    return f"≈ {format_money(order.book_total, order.book_currency)} at {plain(order.book_rate)}{of}"


def plain(rate: Decimal) -> str:
    """55.20000000 as 55.2."""
    return f"{rate.normalize():f}"


def all_in_book(sums: Iterable[Mapping[str, Any]], amount: str, *, book: str, missing: str) -> str:
    """Sums per currency as one text: in the book currency first, then each by itself.

    Each of `sums` has `currency`, `book_currency`, its `amount`, the same in `book`, and how many orders without a rate
    are `missing` from that. One currency alone, the book's own, is said once.
    """
    found = [s for s in sums if s[amount]]
    each = " and ".join(format_money(s[amount], s["currency"]) for s in found)
    if all(s["currency"] == s["book_currency"] for s in found):
        return each
    code = found[0]["book_currency"]
    known = sum((s[book] for s in found if s[book] is not None), Decimal(0))
    lost = sum(s[missing] for s in found)
    without = f"; {lost} without an exchange rate not counted" if lost else ""
    return f"≈ {format_money(known, code)} in all: {each}{without}"
