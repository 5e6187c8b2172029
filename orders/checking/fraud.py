"""How much about the order looks like fraud, as a sum of scores that admins set?"""

from collections.abc import Callable
from decimal import Decimal

from oms.kernel.money import format_money
from oms.kernel.plural import plural
from orders.checking.facts import OrderFacts
from orders.checking.rulebook import Setting, Signal

Seen = Callable[[OrderFacts, Setting, Signal], str]
EARLIER = 3  # orders of a customer before which nothing is usual


def look(order: OrderFacts, rule: Setting) -> str | None:
    """Names every signal with its score. Silent when a person has let this order pass with as high a score before."""
    found = weighed(order, rule)
    total = sum(score for _, score in found)
    if order.suspicion is None or total < rule.limit_score or total <= order.suspicion.forgiven:
        return None
    named = ", ".join(f"{words} ({score})" for words, score in found)
    return f"Score {total}, held from {rule.limit_score}: {named}"


def weigh(order: OrderFacts, rule: Setting) -> int:
    """The sum, kept with the hold."""
    return sum(score for _, score in weighed(order, rule))


def weighed(order: OrderFacts, rule: Setting) -> list[tuple[str, int]]:
    """(what was seen, its score) of every signal that is switched on and speaks, in the admins' order."""
    if order.suspicion is None:
        return []
    seen = ((SIGNALS[s.key](order, rule, s), s.score) for s in rule.signals if s.key in SIGNALS)
    return [(words, score) for words, score in seen if words]


def _often(what: str, count: str) -> Seen:
    def seen(order: OrderFacts, rule: Setting, signal: Signal) -> str:
        n = getattr(order.suspicion, count)
        return f"{plural(n, 'order')} {what} within {rule.window_hours} h" if n >= signal.at_least else ""

    return seen


def _elsewhere(order: OrderFacts, rule: Setting, signal: Signal) -> str:
    for name, word in (("country", "country"), ("state", "state")):
        bill, ship = (str(place.get(name, "")).strip().lower() for place in (order.bill_to, order.ship_to))
        if bill and ship and bill != ship:
            return f"billed to another {word}"
    return ""


def _unusual(order: OrderFacts, rule: Setting, signal: Signal) -> str:
    assert order.suspicion is not None
    usual, earlier = order.suspicion.usual, order.suspicion.earlier
    if earlier < EARLIER or usual <= 0 or order.total < usual * signal.at_least:
        return ""
    return f"{round(order.total / usual)} times their usual {format_money(usual.quantize(Decimal(1)), order.currency)}"


def _blocked(order: OrderFacts, rule: Setting, signal: Signal) -> str:
    return "on the blocked list" if order.blocked else ""


SIGNALS: dict[str, Seen] = {
    "blocked": _blocked,
    "phone_often": _often("with this phone", "with_phone"),
    "email_often": _often("with this e-mail", "with_email"),
    "address_often": _often("to this address", "to_address"),
    "bill_elsewhere": _elsewhere,
    "unusual_amount": _unusual,
}
