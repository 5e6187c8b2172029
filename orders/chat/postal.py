"""One address text split into line, city, state and code, for India and Australia."""

import re

from orders.chat.places import (
    ADDRESS_WORD,
    AU_CODE,
    AU_STATE,
    AU_STATES,
    CITY_STATES,
    COUNTRY,
    IN_SHORT,
    IN_STATE,
    IN_STATE_SHORT,
    PIN,
    STREET_WORD,
    known_city,
    state_of,
)
from orders.chat.reading import ReadAddress


def split(text: str, country: str) -> ReadAddress:
    """One address text in its parts."""
    text = re.sub(r"\s+", " ", text).strip(" ,.-")
    if not text:
        return ReadAddress()
    text, code, state = _without_code(COUNTRY.sub(" ", text), country)
    state = state or state_of(code, country)
    text = re.sub(
        r"(?:[\s,.-]|\b(?:pin\s*code|pincode|pin|postcode|zip|state|dist|city)\b\s*[:.-]*)+$", "", text, flags=re.I
    )
    pieces = [p.strip(" .-:") for p in re.split(r",|\s-\s", text) if p.strip(" .-:")]
    if not pieces:
        return ReadAddress("", "", state, code, country if code else "")
    city = pieces.pop() if len(pieces) > 1 else ""
    if city and (re.search(r"\d", city) or (country == "AU" and STREET_WORD.search(city) and not _tail_city(city))):
        pieces, city = [*pieces, city], ""
    if not city or (country == "AU" and _tail_city(city)):
        last = city or pieces.pop()
        line, city = _line_and_city(last, country)
        if line:
            pieces.append(line)
    if (
        country == "IN"
        and len(known := known_city(city, country))
        and city.lower() != known.lower()
        and city.lower().endswith(known.lower())
    ):
        area = city[: -len(known)].strip(" ,-")
        pieces, city = (
            ([*pieces, area] if area.lower() not in ("new", "navi", "greater") else pieces),
            (city if area.lower() in ("new", "navi", "greater") else known),
        )
    city = city.title() if city == city.lower() or (country == "IN" and city == city.upper()) else city
    if country == "AU" and city == city.upper():
        city = city.title()
    return ReadAddress(", ".join(pieces), city, state or CITY_STATES.get(city.title(), ""), code, country)


def _tail_city(text: str) -> bool:
    found = list(STREET_WORD.finditer(text))
    return bool(found) and bool(text[found[-1].end() :].strip(" .,"))


def _line_and_city(text: str, country: str) -> tuple[str, str]:
    """Part "14 MG Road Pune" after the street's word, or before a known city."""
    found = list(STREET_WORD.finditer(text))
    if found and (rest := text[found[-1].end() :].strip(" .,-")) and not re.search(r"\d", rest):
        return text[: found[-1].end()].strip(" ,"), rest
    if (city := known_city(text, country)) and text.lower().endswith(city.lower()):
        return text[: -len(city)].strip(" ,-"), text[-len(city) :]
    return (text, "") if re.search(r"\d", text) or found or ADDRESS_WORD.search(text) else ("", text)


def _without_code(text: str, country: str) -> tuple[str, str, str]:
    code = state = ""
    if country == "AU":
        codes = [m for m in AU_CODE.finditer(text) if m.start(2) > 4 or m[1]]
        if codes:
            code = codes[-1][2]
            state = _au(codes[-1][1] or "")
            text = f"{text[: codes[-1].start()]} {text[codes[-1].end() :]}"
        if not state and (found := AU_STATE.search(text)):
            state = _au(found[1])
            text = text[: found.start()] + text[found.end() :]
        return text.strip(" ,"), code, state
    if found := list(PIN.finditer(text)):
        code = found[-1][1] + found[-1][2]
        text = f"{text[: found[-1].start()].rstrip(' ,-:.')} , {text[found[-1].end() :]}"
    if found := IN_STATE.search(text):
        state = found[1].title().replace(" And ", " and ")
        text = text[: found.start()] + text[found.end() :]
    elif found := IN_STATE_SHORT.search(text):
        state = IN_SHORT[found[1]]
        text = text[: found.start()] + text[found.end() :]
    return re.sub(r"(\s*,)+\s*", ", ", re.sub(r"[()]", " ", text)).strip(" ,"), code, state


def _au(word: str) -> str:
    return next((short for short, long in AU_STATES.items() if word.lower() in (short.lower(), long.lower())), "")
