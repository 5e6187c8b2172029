"""How many, read out of the words of one wish; and where a line holds several wishes."""

import re

from orders.chat.catalogue import Catalogue, fold, tokens
from orders.chat.numbers import DOZEN, HALF, MANY_AND_HALF, ONES, PAIR, SHY, UNITS, value
from orders.chat.vocabulary import CONTAINERS, FILLER, IN_PAIRS, MEASURE, SETS

UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
GLUED = re.compile(rf"(\d{{1,6}})[-.]?(?:{UNIT})|(?:qty|quantity|nos|x)[:=-]?(\d{{1,6}})")


def take_quantity(words: list[str], catalogue: Catalogue) -> tuple[int, list[str]]:
    """How many, and the words without that. Sizes (500 ml) and sets of a number stay with the product."""
    low = [w.lower().strip("-") for w in words]
    for at, word in enumerate(low):
        if word.strip("()") in DOZEN | PAIR and not _is_remark(at, low):
            return _many(at, low, words, catalogue)
    for at, word in enumerate(low):
        if found := re.fullmatch(r"(?:x|\*)(\d{1,6})|(\d{1,6})(?:x|\*)", word):
            return int(found[1] or found[2]), words[:at] + words[at + 1 :]
        if word in ("x", "*", "qty", "quantity"):
            for near in (at + 1, at - 1):
                if 0 <= near < len(low) and low[near].isdecimal():
                    return int(low[near]), [w for i, w in enumerate(words) if i not in (at, near)]
        if found := GLUED.fullmatch(word):
            return int(found[1] or found[2]), words[:at] + words[at + 1 :]
    for at, word in enumerate(low[:-1]):
        number = value(word)
        if number and number >= 1 and low[at + 1].strip(".") in UNITS:
            return int(number), words[:at] + words[at + 2 :]
    if len(low) > 2 and low[-1].strip(".") in CONTAINERS and (number := value(low[-2])) and number == int(number):
        return int(number), words[:-2]  # "honey do bottle"; "2 bottle" alone is bottles
    places = [i for i in range(len(low)) if _counts(i, low)]
    # First in the piece, else last: "2 red mugs", "red mugs 2".
    for at in sorted(
        places,
        key=lambda i: (
            i != next((j for j, w in enumerate(low) if w not in FILLER or w in SHY), 0),
            low[i] in ONES,
            -i,
        ),
    ):
        return int(value(low[at]) or 1), words[:at] + words[at + 1 :]
    return 0, words


def _is_remark(at: int, low: list[str]) -> bool:
    """ "3x socks (pair)": how they are sold, while the number stands elsewhere."""
    beside = [low[i] for i in (at - 1, at + 1) if 0 <= i < len(low)]
    if low[at] in DOZEN or any(value(w) is not None or w in HALF or w in MANY_AND_HALF for w in beside):
        return False
    return any(w[0].isdigit() and value(w.strip("x*")) for w in low if w)


def _counts(at: int, low: list[str]) -> bool:
    word = low[at]
    number = value(word)
    if not number or number < 1 or number != int(number) or number > 100_000:
        return False
    after = low[at + 1] if at + 1 < len(low) else ""
    before = low[at - 1] if at else ""
    if word in SHY:
        return bool(after) and after not in FILLER and (at == 0 or before in FILLER)
    if not word[0].isdigit():
        return True
    if after in MEASURE or (before == "of" and at > 1 and fold(low[at - 2]) in SETS):
        return False
    return not (before in ("no", "number", "size") and before not in UNITS)


def _many(at: int, low: list[str], words: list[str], catalogue: Catalogue) -> tuple[int, list[str]]:
    """Dozens and pairs, halves of them included. A pair of what is sold by the pair is one."""
    rest = [i for i in range(len(low)) if i != at]
    number, used = 1.0, set()
    before = low[at - 1] if at else ""
    if before in ("a", "ek", "one", "1") and at > 1 and low[at - 2] in HALF:
        number, used = 0.5, {at - 1, at - 2}
    elif before and (value(before) is not None):
        number, used = value(before) or 1.0, {at - 1}
        if at > 1 and low[at - 2] in HALF and before in ("a", "an"):
            number, used = 0.5, {at - 1, at - 2}
    elif before in MANY_AND_HALF:
        number, used = MANY_AND_HALF[before], {at - 1}
    elif at + 1 < len(low) and low[at + 1].isdecimal() and at > 0:
        number, used = float(low[at + 1]), {at + 1}
    kept = [words[i] for i in rest if i not in used]
    if low[at] in DOZEN:
        return round(number * 12), kept
    paired = {fold(w) for w in low} & (IN_PAIRS - {"pair"})
    best = catalogue.by_name(" ".join(kept))
    paired = paired or (best and set(tokens(best[0].name)) & IN_PAIRS)  # type: ignore[assignment]
    return int(number) if paired else int(number * 2), kept


def by_numbers(text: str, catalogue: Catalogue) -> list[str]:
    """ "2 blue mugs 1 kettle" and "mugs 2 kettle 1" in two pieces each."""
    words = text.split()
    coded = _coded(words, catalogue)
    count = [i for i in range(len(words)) if i not in coded and _is_count(i, words)]
    if len(count) < 2:
        return [text]
    lead = next((i for i, w in enumerate(words) if w.lower().strip(",.") not in FILLER or w[0].isdigit()), 0)
    starts = count[1:] if count[0] <= lead else [_past(i, words) for i in count[:-1]]
    ends = [*starts, len(words)]
    return [" ".join(words[a:b]) for a, b in zip([0, *starts], ends, strict=True)]


def _coded(words: list[str], catalogue: Catalogue) -> set[int]:
    """The places of words that are, together, a SKU."""
    spans = (range(at, at + size) for size in (2, 3, 4) for at in range(len(words) - size + 1))
    return {
        i
        for span in spans
        if not words[span[0]].isdecimal() and catalogue.by_code("".join(words[j] for j in span))
        for i in span
    }


def _past(at: int, words: list[str]) -> int:
    return at + 2 if at + 1 < len(words) and words[at + 1].lower().strip(".,") in UNITS | DOZEN | PAIR else at + 1


def _is_count(at: int, words: list[str]) -> bool:
    word = words[at].lower().strip("().,-")
    after = words[at + 1].lower().strip("().,") if at + 1 < len(words) else ""
    before = words[at - 1].lower() if at else ""
    if not re.fullmatch(r"x?\d{1,5}x?|x\d{1,5}|\d{1,5}(?:pcs?|nos?|x)", word):
        return word in ONES and word not in SHY and word[0].isalpha() and before not in HALF
    if (
        after in MEASURE
        or before in ("of", "@", "rs", "rs.", "x", "/", "no", "half")
        or words[at].startswith(("₹", "$", "@"))
    ):
        return False
    return after not in ("x", "rs", "/-", "-", "*") or after in ("x", "*")
