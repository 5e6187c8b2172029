"""The steps that can be typed. Each app registers its own, as with the buttons of its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oms.kernel.errors import Refusal, Refused
from orders.models import Order


@dataclass(frozen=True)
class Plan:
    """What will happen: `does` in words, the `refusals` that stand against it now, and `run`, which does it.

    `run` returns the sentence for afterwards. It asks every guard again under the order's lock.
    """

    does: str
    run: Callable[[], str]
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Verb:
    """`word` is typed, `usage` teaches it, `read` turns the rest of the line into a plan without writing anything.

    `read` raises Refused when the words cannot be read. `permission` is that of the button's address.
    """

    word: str
    usage: str
    permission: str
    read: Callable[[Order, str, Any], Plan]


VERBS: dict[str, Verb] = {}


def register(*verbs: Verb) -> None:
    VERBS.update({verb.word: verb for verb in verbs})


def plan_for(verb: Verb, order: Order, rest: str, user: Any) -> Plan:
    """The plan, or one that can only be refused."""
    if not user.can(verb.permission):
        return _closed(verb, order, Refusal("not_allowed", "Your role may not do this. Ask an admin."))
    try:
        return verb.read(order, rest, user)
    except Refused as refused:
        return _closed(verb, order, *refused.reasons)


def _closed(verb: Verb, order: Order, *reasons: Refusal) -> Plan:
    def run() -> str:
        raise Refused.because(reasons)

    return Plan(f"{verb.word.capitalize()} {order.number}", run, reasons)
