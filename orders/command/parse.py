"""What typed words ask for. Pure: the vocabulary comes in, nothing is read and nothing is done."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

LONGEST = 300
PHRASE = 4  # words of the longest phrase of the vocabulary that is looked for
NUMBER = re.compile(r"(?:[a-z]{2,4}-)?\d{3,}(?:-\d+)?\Z", re.IGNORECASE)

Query = dict[str, str]


@dataclass(frozen=True)
class Act:
    """Do `verb` with the order `number` (empty: the one on screen is missing); `rest` is what the verb reads."""

    number: str
    verb: str
    rest: str


@dataclass(frozen=True)
class Show:
    """Show the orders list narrowed by `query`; `words` says how it was understood."""

    query: tuple[tuple[str, str], ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """Look for `text`; it names neither a step nor a list."""

    text: str


Command = Act | Show | Search


def parse(text: str, *, verbs: Collection[str], phrases: Mapping[str, Query], on: str = "") -> Command:
    """Read one line: "10482 hold address", "hold address" on the page of an order (`on`), "late pune cod", or a search.

    A verb counts as the first word, or as the second after something that looks like a number; so a customer called
    Note is still found by name from every page but an order's.
    """
    words = text[:LONGEST].split()
    first, second = (words[0].lower() if words else ""), (words[1].lower() if len(words) > 1 else "")
    if NUMBER.match(first.lstrip("#")) and second in verbs:
        return Act(words[0].lstrip("#"), second, " ".join(words[2:]))
    if first in verbs:
        named = bool(second) and NUMBER.match(second.lstrip("#"))
        if named and (not on or "-" in second):  # "hold 10482 address"; on an order's page "note 10482" is its text
            return Act(words[1].lstrip("#"), first, " ".join(words[2:]))
        if on:
            return Act(on, first, " ".join(words[1:]))
    return _list(words, phrases) or Search(" ".join(words))


def _list(words: list[str], phrases: Mapping[str, Query]) -> Show | None:
    """The longest phrases first; what no phrase covers is searched for inside the list. None without any phrase."""
    query: dict[str, str] = {}
    known, left, at = [], [], 0
    while at < len(words):
        size = next((n for n in range(PHRASE, 0, -1) if _phrase(words[at : at + n], n) in phrases), 0)
        if size:
            phrase = _phrase(words[at : at + size], size)
            query |= phrases[phrase]
            known.append(phrase)
        else:
            left.append(words[at])
        at += size or 1
    if not known:
        return None
    if left:
        query["q"] = " ".join(left)
    return Show(tuple(query.items()), tuple(known) + ((f"“{query['q']}”",) if left else ()))


def _phrase(words: list[str], size: int) -> str:
    return " ".join(words).lower().rstrip(",") if len(words) == size else ""
