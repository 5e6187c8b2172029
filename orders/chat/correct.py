"""What the customer changes of what they asked for before: "nahi kettle 12 karo", "scrap the soap", "swap the navy for grey"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from orders.chat.catalogue import Catalogue, tokens
from orders.chat.pieces import Piece
from orders.chat.reading import Candidate, Change, ReadLine

SET, DROP, DOUBLE = "set", "drop", "double"
UNSURE = 0.5
# Whoever says so means something said before.
AGAIN = re.compile(
    r"\b(?:nahi+n?|nai|sorry|oops|correction|correct|actually|arr?ey?|make|change|update|increase|reduce|bump|instead|"
    r"badha\w*|ghata\w*|galti)\b|^\W*(?:no|na)\b|\bhi\s+(?:kar|rakh|bhej|chahiye)|^\W*(?:up|down|take|bring)\b.*\bto\s+\d|नहीं",
    re.IGNORECASE,
)
# Said of a first wish too: it changes one only where that was named before, and nothing is added.
PERHAPS = re.compile(
    r"\b(?:kar(?:o|na|iye)?(?:\s?(?:do|dena|dijiye\w*|lo|de))?|rakh(?:o|na|\s?do|\s?lo)?)\b", re.IGNORECASE
)
MORE = re.compile(r"\b(?:more|extra|another|add|aur|bhi|also|plus)\b", re.IGNORECASE)
AWAY = re.compile(
    r"\b(?:cancel\w*|scrap|remove|delete|skip|forget|drop|minus|hata(?:o|na|\s?do|\s?dena)?|nikal(?:o|\s?do|\s?dena)|"
    r"rehne\s?do|mat\s+(?:bhej\w*|karna|dena)|(?:nahi+n?|nai)\s+(?:chahiye|bhejna|mangta)|leave\s+(?:off|out)|"
    r"(?:don'?t|do not|no longer)\s+(?:need|want|send))\b",
    re.IGNORECASE,
)
TWICE = re.compile(r"\bdouble\s+(?:the|up|kar\w*)\b", re.IGNORECASE)
SWAPS = (
    re.compile(r"\b(?:swap|replace|switch)\s+(?:out\s+)?(?:the\s+|my\s+)?(?P<old>.+?)\s+(?:for|with|by|se)\s+(?P<new>.+)", re.IGNORECASE),
    re.compile(r"(?P<old>.+?)\s+(?:ki|ke)\s+(?:jagah|jagha|badle|bajaye)(?:\s+(?:par|pe|me|mein))?\s+(?P<new>.+)", re.IGNORECASE),
    re.compile(r"(?P<new>.+?)\s+(?:instead of|in place of|rather than)\s+(?P<old>.+)", re.IGNORECASE),
)  # fmt: skip


def change_of(piece: Piece, catalogue: Catalogue) -> Change | None:
    """What a piece of a message changes, if it sounds like a change and names something on sale."""
    said, sku = meant(piece.phrase, catalogue), piece.code.sku if piece.code else ""
    if not (said or sku):
        return None
    qty = piece.qty if piece.said else 0
    if AWAY.search(piece.text):
        return Change(DROP, said, sku, qty, piece.text)
    if TWICE.search(piece.text):
        return Change(DOUBLE, said, sku, 0, piece.text)
    if qty and (AGAIN.search(piece.text) or (PERHAPS.search(piece.text) and not MORE.search(piece.text))):
        return Change(SET, said, sku, qty, piece.text)
    return None


def swap_of(text: str) -> tuple[str, str] | None:
    """(what goes, what comes) of "swap the one for the other"."""
    found = next((match for pattern in SWAPS if (match := pattern.search(text))), None)
    return (found["old"], found["new"]) if found else None


def meant(phrase: str, catalogue: Catalogue) -> frozenset[str]:
    """The words of a phrase that a product on sale has, near enough."""
    for cue in (AWAY, TWICE, AGAIN, PERHAPS):
        phrase = cue.sub(" ", phrase)
    return frozenset(t for t in tokens(phrase) if not t.isdecimal() and catalogue.near(t))


def made(change: Change, lines: Sequence[ReadLine], catalogue: Catalogue) -> list[ReadLine] | None:
    """`lines` with the change made; None when none of them is meant. Of several that may be, the last, and a person is asked."""
    at = [i for i, line in enumerate(lines) if line.sku and is_meant(change, line, catalogue)]
    if not at:
        return None
    out, last = list(lines), at[-1]
    others = {out[i].sku: Candidate(out[i].sku, out[i].name, UNSURE) for i in at if out[i].sku != out[last].sku}
    if others:
        unsure = min(out[last].confidence, UNSURE)
        out[last] = replace(out[last], confidence=unsure, candidates=tuple(others.values()))
        if change.kind == DROP:
            return out  # which of them is not wanted is for a person to say
    words = f"{out[last].words} ({change.words})"[:200]
    if change.kind == DROP and (not change.qty or change.qty >= out[last].qty):
        del out[last]
    elif change.kind == DROP:
        out[last] = replace(out[last], qty=out[last].qty - change.qty, words=words)
    else:
        qty = out[last].qty * 2 if change.kind == DOUBLE else change.qty
        out[last] = replace(out[last], qty=qty, qty_said=True, words=words)
    return out


def is_meant(change: Change, line: ReadLine, catalogue: Catalogue) -> bool:
    if change.sku:
        return line.sku == change.sku
    name = set(tokens(line.name))
    return all(name & set(catalogue.near(word)) for word in change.said)


def all_made(
    changes: Iterable[Change], lines: Sequence[ReadLine], catalogue: Catalogue
) -> tuple[list[ReadLine], list[Change]]:
    """(`lines` with the changes made that mean one of them, the changes that mean none)."""
    out, left = list(lines), []
    for change in changes:
        after = made(change, out, catalogue)
        if after is None:
            left.append(change)
        else:
            out = after
    return out, left
