"""Is the buyer or the place on the blocked list?"""

from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting

WORDS = {"email": "e-mail address", "phone": "phone number", "postal_code": "postal code"}


def look(order: OrderFacts, rule: Setting) -> str | None:
    if not order.blocked:
        return None
    what = " and ".join(dict.fromkeys(WORDS[kind] for kind in order.blocked))
    verb = "is" if " and " not in what else "are"
    return f"The {what} {verb} on the blocked list"
