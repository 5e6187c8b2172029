"""The delivery address: found by its postal code, a label or a city, and split into its parts."""

import re

from orders.chat.contact import LABELLED, Says, is_name
from orders.chat.places import (
    ADDRESS_WORD,
    AU_CODE,
    AU_STATE,
    AU_STATES,
    IN_STATE,
    PIN,
    STREET_WORD,
    known_city,
    state_of,
)
from orders.chat.postal import split
from orders.chat.reading import ReadAddress

LABEL = re.compile(
    r"(?:^|(?<=[\s,.!]))(?:(?:my|new|full|delivery|shipping|ship|postal|home|office|shop)\s+)*(?:address|"
    r"addr|adress|add|pata|पता)\b\s*"
    r"(?:is|hai|ye hai|:|=|-|--)*\s*(?!par\b|pe\b|same\b|is\b)",
    re.I,
)
TITLE = re.compile(r"^\W*(?:dr|mr|mrs|ms|prof|shri|smt)\b\.?\s*", re.IGNORECASE)
# The address we know: nothing to read there, and "as last time" behind it is no order like the last.
_KNOWN = r"(?:wahi|vahi|same|purana|purane|usual|unchanged|old|last|previous|pichla|pichle)"
_PLACE = r"(?:address|addr|adress|pata|pate)"
SAME_PLACE = re.compile(
    rf"(?:\b{_PLACE}\s*(?:is|to|:|-)*\s*(?:the\s+)?{_KNOWN}\b|"
    rf"\b(?:(?:to|at)\s+)?(?:(?:the|my|our)\s+)?{_KNOWN}\s+(?:(?:delivery|shipping|ship|wala|wale)\s+)?{_PLACE}\b)"
    r"(?:\s+(?:hai|rahega|(?:as|like) (?:last|before|always|usual|\w+)(?: (?:time|order))?|pe|par|pr|hi|"
    r"bhej\s?(?:na|dena|do|dijiye)?|bhejna))*",
    re.IGNORECASE,
)
# "The shop, 12 High St": what the buyer calls the place is no part of it.
OWN_WORD = re.compile(
    r"^(?:the|my|our)\s+(?:shop|store|office|caf[eé]|home|house|place|warehouse|work|factory)\s*[,:-]\s*(?=.*\d)",
    re.IGNORECASE,
)
SEND_TO = re.compile(
    r"\b(?:deliver(?:y|ed)?|ship(?:ping|ped)?|send|sent|courier|post(?:ed)?|dispatch|drop)\b\s*(?:it|them|'?em|"
    r"this|these|all|everything|order)?"
    r"\s*(?:to|at|:)\s*:?\s*(?=\S|$)",
    re.I,
)
TO = re.compile(r"\b(?:to|at|@)\s+(?=(?:flat|plot|house|unit|shop|h\.?no|#|\d))", re.I)
HOUSE = re.compile(
    r"^\W*(?:#|no\.?|h\.?\s?no\.?|house|flat|plot|unit|shop|door|level|suite|apt|"
    r"lot)?[\s.#-]*[a-z]?-?\d{1,5}[a-z]?(?:\s*[/,-]|\s+[A-Za-z])",
    re.I,
)
OTHER = re.compile(
    r"^\W*(?:payment|pay|cod|cash|upi|gpay|order|items?|qty|name|phone|mobile|mob|email|note|total|pls|"
    r"please|thanks|thank|regards|cheers|need|and also|also|total|deliver by|ref|utr)\b",
    re.I,
)
STOP = re.compile(
    r"(?:[.!;]\s+(?=[A-Za-z])|\s-\s+(?=(?:cod|cash|upi|paid|pls|please|call|need)\b)|,\s*(?=(?:cod|"
    r"cash on|upi|paid|pls|please|thanks|call)\b))",
    re.I,
)
ABBREVIATION = re.compile(r"\b(?:st|rd|ave|no|opp|nr|apt|flr|dr|mr|mrs|soc|bldg|dist|sec|hno|h)$", re.I)
TAIL = re.compile(r"^[\s,.-]*(?:(?:pin\s*code|pincode|pin|postcode|post code|zip)\s*[:.-]*\s*)$", re.I)


def take_same_place(lines: list[str]) -> None:
    """Take out of the lines what only says that it goes where their things always go."""
    lines[:] = [SAME_PLACE.sub(" , ", line) for line in lines]


def take_address(lines: list[str], country: str, is_goods: Says) -> tuple[ReadAddress, str]:
    """The address and the name written above it; both are taken out of the lines."""
    country = _country(lines, country, is_goods)
    anchor = _anchor(lines, country, is_goods)
    label = next(
        (
            i
            for i, line in enumerate(lines)
            if LABEL.search(line) and not is_goods(line[: LABEL.search(line).start()] or "")
        ),
        None,
    )  # type: ignore[union-attr]
    if label is None:
        label = next((i for i, line in enumerate(lines) if LABEL.search(line)), None)
    if label is not None and (anchor is None or label <= anchor <= label + 6):
        parts = _below(lines, label, anchor, is_goods)
    elif anchor is not None:
        parts = _around(lines, anchor, country, is_goods)
    else:
        parts = _by_city(lines, country, is_goods)
    name = ""
    parts = [p.strip(" ,.-:") for p in parts if p.strip(" ,.-:")]
    if (
        len(parts) > 1
        and is_name(parts[0])
        and not ADDRESS_WORD.search(_untitled(parts[0]))
        and not known_city(parts[0], country)
    ):
        name = parts.pop(0)
    elif (
        (
            parts
            and (
                found := re.match(r"([A-Z](?:[^\W\d]|['’.-])+(?: [A-Z](?:[^\W\d]|['’.-])+){0,2}),\s+(?=.*\d)", parts[0])
            )
            and is_name(found[1])
        )
        and not ADDRESS_WORD.search(found[1])
        and len(parts[0].split(",")) > 2
        and not known_city(found[1], country)
    ):
        name, parts[0] = found[1], parts[0][found.end() :]
    return split(OWN_WORD.sub("", ", ".join(parts)), country), name


def _untitled(name: str) -> str:
    """Dr. Thomas lives in no Drive."""
    return TITLE.sub("", name)


def take_further(lines: list[str], country: str, is_goods: Says) -> tuple[ReadAddress, ...]:
    """A second address, when what is left of the lines holds one with its postal code."""
    left = list(lines)
    found, _ = take_address(left, country, is_goods)
    if not (found.postal_code and found.line1):
        return ()
    lines[:] = left
    return (found,)


def _country(lines: list[str], country: str, is_goods: Says) -> str:
    text = "\n".join(line for line in lines if not is_goods(line))
    pins = [m for m in PIN.finditer(text) if state_of(m[1] + m[2], "IN")]
    states = re.search(rf"\b({'|'.join(AU_STATES)})\b[\s,.-]*\d{{4}}\b", text, re.I)
    if (states or any(map(_in_australia, lines))) and not pins:
        return "AU"
    if (
        country == "AU"
        and pins
        and not re.search(r"\b\d{4}\b", text)
        and (IN_STATE.search(text) or known_city(text, "IN"))
    ):
        return "IN"
    return country


def _in_australia(line: str) -> bool:
    """A state in capitals before a code that lies in it: "VIC 3065" says so also between the goods."""
    return any(m[1] and m[1].isupper() and state_of(m[2], "AU") == m[1] for m in AU_CODE.finditer(line))


def _anchor(lines: list[str], country: str, is_goods: Says) -> int | None:
    """The line that holds the postal code."""
    if country == "AU":
        sure = [i for i, line in enumerate(lines) if any(m[1] for m in AU_CODE.finditer(line))]
        likely = [
            i
            for i, line in enumerate(lines)
            if any(state_of(m[2], "AU") for m in AU_CODE.finditer(line))
            and not is_goods(line)
            and (
                ADDRESS_WORD.search(line)
                or known_city(line, "AU")
                or re.search(r"^[A-Za-z ]+,?\s\d{4}$|postcode", line.strip(" ,."))
            )
        ]
        return (sure or likely or [None])[0]
    found = [i for i, line in enumerate(lines) if any(m[1] for m in PIN.finditer(line))]
    return next((i for i in found if not is_goods(line := lines[i]) or ADDRESS_WORD.search(line) or known_city(line, "IN")
                 or re.search(r"\bpin", line, re.I)), None)  # fmt: skip


def _code_end(line: str, country: str) -> int:
    """Where the address ends in its last line: behind the code, and behind a state or country after it."""
    found = list((AU_CODE if country == "AU" else PIN).finditer(line))
    if not found:
        return len(line)
    stated = [m for m in found if country == "AU" and m[1]]  # "VIC 3065, PO 7781": the code is the one behind the state
    end = (stated or found)[-1].end()
    more = re.match(
        rf"(?:[\s,.()-]*(?:{IN_STATE.pattern}|{AU_STATE.pattern}|\bindia\b|\baustralia\b))+", line[end:], re.I
    )
    return end + (more.end() if more else 0)


def _below(lines: list[str], label: int, anchor: int | None, is_goods: Says) -> list[str]:
    """What follows the label, through the postal code or while lines still look like an address."""
    at = LABEL.search(lines[label])
    assert at
    first, lines[label] = lines[label][at.end() :], lines[label][: at.start()]
    country = "AU" if re.search(r"\b\d{4}\b", first) and not PIN.search(first) else "IN"
    if anchor == label:
        end = _code_end(first, country)
        lines[label] += " , " + first[end:]
        return [first[:end]]
    stop = _stop(first)
    parts = [first[:stop]]
    lines[label] += " , " + first[stop:]
    for i in range(label + 1, min(label + 7, len(lines))):
        line = lines[i]
        if anchor is not None and i == anchor:
            end = _code_end(line, "IN" if PIN.search(line) else "AU")
            parts.append(line[:end])
            lines[i] = line[end:]
            break
        if anchor is None and (not line.strip() and any(p.strip() for p in parts)):
            break
        if LABELLED.match(line):
            continue
        if OTHER.match(line) or (is_goods(line) and not ADDRESS_WORD.search(line)):
            if anchor is None:
                break
            continue
        if anchor is None and not (
            ADDRESS_WORD.search(line)
            or "," in line
            or known_city(line, "IN")
            or known_city(line, "AU")
            or len(parts) == 1
        ):
            break
        parts.append(line)
        lines[i] = ""
    return parts


def _stop(text: str) -> int:
    for found in STOP.finditer(text):
        if not ABBREVIATION.search(text[: found.start()]):
            return found.start()
    return len(text)


def _around(lines: list[str], anchor: int, country: str, is_goods: Says) -> list[str]:
    """The line of the postal code from where the address starts in it, and the lines above that belong to it."""
    line = lines[anchor]
    end = _code_end(line, country)
    start, whole = _start(line[:end], is_goods)
    parts = [line[start:end]]
    lines[anchor] = f"{line[:start]} , {line[end:]}"
    labelled = _label_above(lines, anchor, is_goods) if whole else None
    for i in range(anchor - 1, max(anchor - 6, -1), -1):
        above = lines[i]
        if not whole or not above.strip(" ,."):
            break
        if is_goods(above) and not STREET_WORD.search(above):
            break
        begin = max((m.end() for p in (LABEL, SEND_TO) for m in p.finditer(above)), default=None)
        if begin is not None:
            parts.insert(0, above[begin:])
            lines[i] = above[:begin]
            break
        named = is_name(above) and (bool(HOUSE.match(parts[0])) or (i > 0 and bool(HOUSE.match(lines[i - 1]))))
        if (
            labelled is None
            and not (ADDRESS_WORD.search(above) or HOUSE.match(above) or named or above.rstrip().endswith(","))
        ) or OTHER.match(above):
            break
        parts.insert(0, above)
        lines[i] = ""
        if labelled is None and is_name(above) and not ADDRESS_WORD.search(above) and HOUSE.match(parts[1]):
            break
    return parts


def _label_above(lines: list[str], anchor: int, is_goods: Says) -> int | None:
    """The line "Ship to:" over an address, with no gap and no goods between."""
    for i in range(anchor - 1, max(anchor - 6, -1), -1):
        if not lines[i].strip(" ,.") or LABELLED.match(lines[i]):
            return None
        if LABEL.search(lines[i]) or SEND_TO.search(lines[i]):
            return i
        if is_goods(lines[i]) and not STREET_WORD.search(lines[i]):
            return None
    return None


def _start(head: str, is_goods: Says) -> tuple[int, bool]:
    """Where the address starts in its line, and whether it is the whole line."""
    marks = [m.end() for p in (LABEL, SEND_TO, TO) for m in p.finditer(head)]
    marks = [m for m in marks if m < len(head) - 6]
    if marks:
        return max(marks) if is_goods(head[: max(marks)]) else min(marks), False
    for found in reversed(list(re.finditer(r"[.!?]\s+", head))):  # a house after a whole sentence that orders or greets
        if not ABBREVIATION.search(head[: found.start()]) and HOUSE.match(head[found.end() :]):
            return found.end(), False
    at = 0
    for found in re.finditer(r"[,;]|\.\s+|\s-\s|$", head):
        if ABBREVIATION.search(head[: found.start()]):
            continue
        piece = head[at : found.start()]
        if is_goods(piece) or _chatter(piece, head[found.end() :]):
            at = found.end()
            continue
        break
    return at, not head[:at].strip(" ,.")


def _chatter(piece: str, rest: str) -> bool:
    """Words before an address that are no part of it: "no thanks. 3 Ocean Parade"."""
    if not piece.strip():
        return True
    return bool(HOUSE.match(rest)) and not (re.search(r"\d", piece) or ADDRESS_WORD.search(piece) or is_name(piece))


def _by_city(lines: list[str], country: str, is_goods: Says) -> list[str]:
    """Without code and label: a line with a known city and a word of addresses, or what comes after "deliver to"."""
    for i, line in enumerate(lines):
        city = known_city(line, country)
        if not city:
            continue
        end = line.lower().rfind(city.lower()) + len(city)
        found = [m for m in (*SEND_TO.finditer(line), *TO.finditer(line)) if m.end() < end]
        if found or (ADDRESS_WORD.search(line[:end]) and (re.search(r"\d", line[:end]) or "," in line[:end])):
            start = found[-1].end() if found else _start(line[:end], is_goods)[0]
            lines[i] = f"{line[:start]} , {line[end:]}"
            return [line[start:end]]
    return []
