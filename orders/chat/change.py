"""What the customer takes back in the same message, and what they only say about prices."""

import re
from collections.abc import Sequence
from dataclasses import replace

from orders.chat.reading import ReadLine

# "sorry 6 not 8", "6 instead of 8": the first number holds; "8 nahi 6": the last.
NEW_FIRST = re.compile(
    r"(?:\b(?:sorry|oops|correction|actually|arre|arey|make (?:it|that)|i mean)\b[\s,:-]*)*"
    r"\b(\d{1,5})\s*(?:,\s*)?(?:not|instead of|rather than)\s+(\d{1,5})\b(?!\s*[/.-]?\d)",
    re.IGNORECASE,
)
OLD_FIRST = re.compile(r"\b(\d{1,5})\s*(?:nahi|nahin|nai|नहीं)[\s,]+(\d{1,5})\b(?!\s*[/.-]?\d)", re.IGNORECASE)
HAGGLE = re.compile(
    r"[^,.;!?\n]{0,60}?\b\d[\d,]{0,9}\s*(?:rs\.?|/-)?\s*(?:is |me |mein |to |toh |was )?(?:bahut |bohot |too |way |very )*"
    r"(?:zyada|jyada|mehnga|mehenga|mahanga|expensive|costly|steep|(?:too )?high|much|diya tha|liya tha)\b[^,.;!?\n]{0,60}",
    re.IGNORECASE,
)


def take_changes(lines: list[str]) -> list[tuple[int, int]]:
    """(units said first, units meant) for each correction; their words and the haggling are taken out of the lines."""
    found = []
    for i in range(len(lines)):
        for pattern, (new, old) in ((NEW_FIRST, (1, 2)), (OLD_FIRST, (2, 1))):
            for match in pattern.finditer(lines[i]):
                found.append((int(match[old]), int(match[new])))
            lines[i] = pattern.sub(" , ", lines[i])
        lines[i] = HAGGLE.sub(" , ", lines[i])
    return found


def changed(lines: Sequence[ReadLine], changes: Sequence[tuple[int, int]]) -> list[ReadLine]:
    """`lines` with each correction made on the last line of so many units."""
    out = list(lines)
    for old, new in changes:
        at = next((i for i in range(len(out) - 1, -1, -1) if out[i].qty == old and out[i].qty_said), None)
        if at is not None and new:
            out[at] = replace(out[at], qty=new, words=f"{out[at].words} ({new}, not {old})"[:200])
    return out
