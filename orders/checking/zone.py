"""Do we deliver there?"""

import re

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting

WORDS = {"IN": "PIN code", "AU": "Postcode"}


def look(order: OrderFacts, rule: Setting) -> str | None:
    """A missing or malformed code is another check's matter, and so are goods that are not sent."""
    if not order.outside or not order.ships:
        return None
    code = re.sub(r"\s", "", str(order.ship_to.get("postal_code", "")))[:20]
    word = WORDS.get(str(order.ship_to.get("country", "")).upper(), "Postal code")
    places = " and ".join(order.outside)[:120]
    return f"{word} {code} is outside the delivery area of {places}; ask for another address, or clear this and say how it gets there"
