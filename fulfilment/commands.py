"""The steps of the floor that can be typed in the command bar."""

import re
from typing import Any

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pick import start_pick
from fulfilment.models import Carrier, FulfilmentOrder
from fulfilment.states import AT_DOOR, WorkStatus
from oms.kernel.errors import Refusal, Refused
from orders.command.registry import Plan, Verb, register
from orders.models import Order
from orders.policies import may_move
from orders.rules import no_blocking_hold, payment_gate_met

FILLER = re.compile(r"\b(awb|tracking|number|no\.?|with|by)\b", re.IGNORECASE)


def pick(order: Order, rest: str, user: Any) -> Plan:
    """Start the pick of the order's work."""
    fo = _work(order, WorkStatus.OPEN, "waits to be picked")

    def run() -> str:
        start_pick(fo.number, actor=user)
        return f"{fo.number} is yours to pick."

    return Plan(
        f"Start the pick of {order.number} at {fo.location.name}.", run, _closed(user, "pick", no_blocking_hold(order))
    )


def send(order: Order, rest: str, user: Any) -> Plan:
    """Dispatch the packed work: "dispatch AWB 123", with the carrier's name where there are several."""
    fo = _work(order, WorkStatus.PACKED, "is packed and waits for the carrier")
    label = fo.shipments.select_related("carrier").filter(status__in=AT_DOOR).first()
    carrier, tracking = (label.carrier, label.tracking_number) if label else _carrier(rest)

    def run() -> str:
        sent = dispatch(fo.number, carrier=carrier.code, tracking_number=tracking, actor=user)
        return f"{sent.number} left with {sent.carrier}, {sent.tracking_number}."

    closed = _closed(user, "dispatch", no_blocking_hold(order), payment_gate_met(order))
    return Plan(f"Dispatch {order.number} with {carrier.name}, {tracking}. Its stock goes down now.", run, closed)


def _work(order: Order, status: str, waits: str) -> FulfilmentOrder:
    found = list(FulfilmentOrder.objects.filter(order=order, status=status).select_related("location")[:2])
    if len(found) != 1:
        several = (
            f"{order.number} has several parcels that could be meant; open the one"
            if found
            else f"Nothing of {order.number} {waits}"
        )
        raise Refused("which_work", f"{several}.")
    return found[0]


def _carrier(rest: str) -> tuple[Carrier, str]:
    """The carrier named in the words, or the only one there is; what is left is the tracking number."""
    known = list(Carrier.objects.filter(is_active=True))
    words = FILLER.sub(" ", rest).split()
    for carrier in known:
        for name in (carrier.code.lower().split(), carrier.name.lower().split()):
            if [w.lower() for w in words[: len(name)]] == name:
                return carrier, _tracking(words[len(name) :])
    if len(known) != 1:
        names = ", ".join(carrier.name for carrier in known)
        raise Refused(
            "carrier_unknown",
            f"Name the carrier first, one of {names}: dispatch {known[0].name if known else 'name'} AWB 123.",
        )
    return known[0], _tracking(words)


def _tracking(words: list[str]) -> str:
    if not words:
        raise Refused("tracking_missing", "Type the tracking number printed on the label, after the carrier.")
    return " ".join(words)


def _closed(user: Any, move: str, *reasons: Refusal | None) -> tuple[Refusal, ...]:
    return tuple(r for r in (*reasons, may_move(user, "fulfilment", move)) if r)


register(
    Verb("pick", "pick", "fulfilment.work", pick),
    Verb("dispatch", "dispatch AWB 123", "fulfilment.work", send),
)
