"""Hand out the next piece of work: two people who ask at the same moment never get the same one."""

from typing import Any

from django.db import transaction

from fulfilment import selectors
from fulfilment.actions._move import lock_work
from fulfilment.actions.pick import start_pick
from fulfilment.models import FulfilmentOrder
from fulfilment.states import WorkStatus
from oms.events.publish import publish
from oms.kernel import claims
from oms.kernel.errors import Refused
from orders.models import Order

NOTHING = {
    "pick": "Nothing waits to be picked here. Somebody else may have taken the last one.",
    "pack": "Nothing waits on the packing table that nobody has in hand.",
    "dispatch": "Nothing waits for the carrier that nobody has in hand.",
}


@transaction.atomic
def take_next(kind: str = "pick", *, location: str = "", actor: Any) -> FulfilmentOrder:
    """Claim the most urgent work of `kind` (at `location`, a code) for `actor`, a person; a pick is started too.

    Work on hold and work somebody else has in hand is passed. Refuses when none is left.
    """
    rows = selectors.waiting(actor, kind, location).filter(order__open_holds=0)
    if kind == "pick":
        rows = rows.filter(status=WorkStatus.OPEN)
    fo = claims.claim_next(rows, user=actor, also_lock=(Order,))
    if fo is None:
        raise Refused("nothing_to_take", NOTHING[kind])
    if kind == "pick":
        fo = start_pick(fo.number, actor=actor)
        claims.claim(fo, actor)
    _say("fulfilment.claimed", fo, actor)
    return fo


@transaction.atomic
def claim_work(number: str, *, how: str, reason: str = "", actor: Any) -> FulfilmentOrder:
    """Keep, release or take over (`how`: keep, release, take-over) the work `number`. Refuses what the claim does not allow."""
    _, fo = lock_work(number)
    if how == "release":
        claims.release(fo, actor)
        publish("fulfilment.claim_released", subject=number, stream=fo.order.number, actor=actor)
    elif how == "take-over":
        before = claims.take_over(fo, actor, reason)
        publish(
            "fulfilment.claim_taken_over", subject=number, stream=fo.order.number, actor=actor, before=before,
            reason=reason.strip(),
        )  # fmt: skip
    elif how == "keep":
        claims.claim(fo, actor)
        _say("fulfilment.claimed", fo, actor)
    else:
        raise Refused("how_unknown", "Use one of the buttons on the page.")
    return fo


def _say(name: str, fo: FulfilmentOrder, actor: Any) -> None:
    assert fo.claimed_until is not None
    publish(
        name, subject=fo.number, stream=fo.order.number, actor=actor, step=fo.claimed_step,
        until=fo.claimed_until.isoformat(),
    )  # fmt: skip
