"""Hand out the next piece of work: two people who ask at the same moment never get the same one."""

from typing import Any

from django.db import transaction

from fulfilment import selectors
from fulfilment.actions.pick import start_pick
from fulfilment.models import FulfilmentOrder
from fulfilment.states import WorkStatus
from oms.kernel.errors import Refused

SKIP_LOCKED = True


@transaction.atomic
def take_next(*, location: str = "", actor: Any) -> FulfilmentOrder:
    """Start the most urgent open pick (at `location`, a code) that nobody else is taking. Refuses when none is left."""
    found = choose(location, actor)
    if found is None:
        raise Refused("nothing_to_pick", "Nothing waits to be picked here. Somebody else may have taken the last one.")
    return start_pick(found.number, actor=actor)


def choose(location: str, actor: Any) -> FulfilmentOrder | None:
    """The first open pick whose order row is free; the order stays locked, so nobody else can choose it."""
    rows = selectors.waiting(actor, "pick", location).filter(status=WorkStatus.OPEN, order__open_holds=0)
    if SKIP_LOCKED:
        rows = rows.select_for_update(skip_locked=True, of=("self", "order"))
    return rows.first()
