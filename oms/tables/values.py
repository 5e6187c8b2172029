"""What the text of a cell stands for."""

import re
from decimal import Decimal

# Thousands in threes or the Indian way, always three before the point: 4,50 is no amount here, not 450.
_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{2,3})*,\d{3})(\.\d{1,4}0*)?", re.ASCII)


def decimal(text: str) -> Decimal | None:
    """`text` as an exact number, None when it is none: a point for decimals, commas only between thousands."""
    return Decimal(text.replace(",", "")) if _NUMBER.fullmatch(text) else None
