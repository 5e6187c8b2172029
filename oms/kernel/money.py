"""Amounts of money: the currency's own precision, the words on screen, and splitting without losing a cent.

Amounts are `Decimal` with an ISO 4217 code beside them. Nothing here adds two currencies.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

# ISO 4217 minor units that are not 2.
_CODES_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = {code: places for places, codes in _CODES_BY_EXPONENT.items() for code in codes.split()}
# Every dollar carries its country: a bare $ is ambiguous beside A$ and US$.
_SYMBOLS: dict[str, str] = {
    "INR": "₹", "AUD": "A$", "USD": "US$", "NZD": "NZ$", "CAD": "C$", "SGD": "S$", "HKD": "HK$",
    "EUR": "€", "GBP": "£", "JPY": "¥",
}  # fmt: skip
_INDIAN_GROUPING = frozenset({"INR", "NPR", "PKR", "LKR", "BDT"})
MINUS, NBSP = "\u2212", "\u00a0"
UNIT_PLACES = 4


def exponent(currency: str) -> int:
    """Digits after the point of `currency` (ISO 4217); ValueError when it is not a three-letter code."""
    if not re.fullmatch("[A-Z]{3}", currency or ""):
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code.")
    return EXPONENTS.get(currency, 2)


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the smallest coin of `currency`. Every stored total goes through here."""
    return Decimal(amount).quantize(_coin(currency), rounding=ROUND_HALF_UP)


@lru_cache
def _coin(currency: str) -> Decimal:
    """The smallest coin: 0.01 for INR, 1 for JPY."""
    return Decimal(1).scaleb(-exponent(currency))


def format_money(amount: Decimal, currency: str, *, unit_price: bool = False) -> str:
    """The amount as people read it: ₹1,60,199.16, A$418.50, −€5.00, CHF 12.00.

    `unit_price` keeps up to four decimals, so that a price of 0.0125 each is not shown as 0.01.
    """
    rounded = quantize(amount, currency)
    if unit_price and rounded != Decimal(amount):
        fine = Decimal(amount).quantize(Decimal(1).scaleb(-UNIT_PLACES), rounding=ROUND_HALF_UP)
        rounded = max(fine.normalize(), rounded, key=lambda d: -int(d.as_tuple().exponent))
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    digits = _grouped(whole, indian=currency in _INDIAN_GROUPING) + (f".{fraction}" if fraction else "")
    symbol = _SYMBOLS.get(currency, currency + NBSP)
    return f"{MINUS if rounded < 0 else ''}{symbol}{digits}"


def allocate(amount: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Split `amount` by `weights` so that the parts sum to it exactly (largest remainder, earlier part wins a tie).

    All-zero weights split evenly. ValueError without weights or with a negative one.
    """
    if not weights or any(w < 0 for w in weights):
        raise ValueError("allocate() needs at least one weight and none below zero.")
    shares = [Decimal(w) for w in weights] if any(weights) else [Decimal(1)] * len(weights)
    places, total = exponent(currency), sum(shares)
    coins = int(quantize(amount, currency).scaleb(places))
    sign, coins = (-1, -coins) if coins < 0 else (1, coins)
    ideal = [coins * share / total for share in shares]
    parts = [int(x) for x in ideal]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - ideal[i], i))
    for i in by_remainder[: coins - sum(parts)]:
        parts[i] += 1
    return [Decimal(sign * part).scaleb(-places) for part in parts]


def _grouped(whole: str, *, indian: bool) -> str:
    """Thousands in threes, or the Indian way: three, then twos (lakh, crore)."""
    if not indian:
        return f"{int(whole):,}"
    head, tail = whole[:-3], whole[-3:]
    if not head:
        return tail
    return re.sub(r"(?<=\d)(?=(\d\d)+$)", ",", head) + "," + tail
