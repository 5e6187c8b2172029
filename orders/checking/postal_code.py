"""Does the postal code have the form of its country, and in Australia of its state?"""

import re

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting

STATES = {
    "new south wales": "NSW", "australian capital territory": "ACT", "victoria": "VIC", "queensland": "QLD",
    "south australia": "SA", "western australia": "WA", "tasmania": "TAS", "northern territory": "NT",
}  # fmt: skip
RANGES = {
    "NSW": ((1000, 2599), (2618, 2899), (2921, 2999)), "ACT": ((200, 299), (2600, 2620), (2900, 2920)),
    "VIC": ((3000, 3999), (8000, 8999)), "QLD": ((4000, 4999), (9000, 9999)), "SA": ((5000, 5999),),
    "WA": ((6000, 6999),), "TAS": ((7000, 7999),), "NT": ((800, 999),),
}  # fmt: skip
# Codes that Australia Post serves across a state border.
ACROSS = {
    2406: "QLD", 2540: "ACT", 2611: "NSW", 2648: "VIC", 3500: "NSW", 3585: "NSW", 3586: "NSW", 3644: "NSW", 3691: "NSW",
    3707: "NSW", 4375: "NSW", 4377: "NSW", 4380: "NSW", 4383: "NSW", 4385: "NSW", 4825: "NT", 5440: "NSW",
}  # fmt: skip
OUTBACK = {872: ("NT", "SA", "WA")}


def look(order: OrderFacts, rule: Setting) -> str | None:
    """A missing code is the completeness check's matter, and so is one that nothing needs to be sent to."""
    code = re.sub(r"\s", "", str(order.ship_to.get("postal_code", "")))
    country = str(order.ship_to.get("country", "")).upper()
    if not code or not order.ships:
        return None
    if country == "IN" and not re.fullmatch("[1-9][0-9]{5}", code):
        return (
            f"PIN code “{code[:20]}” is not six digits starting with 1 to 9; get the right one and correct the address"
        )
    if country == "AU":
        return _australia(code, str(order.ship_to.get("state", "")))
    return None


def _australia(code: str, state: str) -> str | None:
    if not re.fullmatch("[0-9]{4}", code):
        return f"Postcode “{code[:20]}” is not four digits; get the right one and correct the address"
    key = STATES.get(state.strip().lower(), state.strip().upper())
    if key not in RANGES:
        return None
    number = int(code)
    if ACROSS.get(number) == key or key in OUTBACK.get(number, ()):
        return None
    if any(first <= number <= last for first, last in RANGES[key]):
        return None
    return f"Postcode {code} is not in {key}; ask the customer whether the code or the state is wrong, then correct the address"
