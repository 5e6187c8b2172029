"""The whole life of a return (RMA), readable in one go. Every state has an exit."""

from django.db import models
from django_fsm import FSMField, transition

from oms.kernel.lifecycle import Stateful, passes
from returns import rules


class ReturnStatus(models.TextChoices):
    REQUESTED = "requested", "Requested"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    AWAITING_ITEM = "awaiting_item", "Waiting for the parcel"
    IN_TRANSIT = "in_transit", "On its way"
    PARTIALLY_RECEIVED = "partially_received", "Part-received"
    RECEIVED = "received", "Received"
    INSPECTED = "inspected", "Inspected"
    RESOLVED = "resolved", "Settled"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


S = ReturnStatus
# Somebody still has to do something before the return is settled.
OPEN = (S.REQUESTED, S.APPROVED, S.AWAITING_ITEM, S.IN_TRANSIT, S.PARTIALLY_RECEIVED, S.RECEIVED, S.INSPECTED)
# The asked units are still spoken for; afterwards only the received ones are.
NOT_ALL_HERE = (S.REQUESTED, S.APPROVED, S.AWAITING_ITEM, S.IN_TRANSIT, S.PARTIALLY_RECEIVED)
WAITING = (S.APPROVED, S.AWAITING_ITEM, S.IN_TRANSIT, S.PARTIALLY_RECEIVED)
DEAD = (S.DECLINED, S.CANCELLED, S.EXPIRED)

# Why a move is closed in a state that has no such step; the key "" stands for every other state.
GONE: dict[str, str] = {
    S.DECLINED: "It was declined.", S.CANCELLED: "It was cancelled.", S.EXPIRED: "The parcel never came.",
    S.CLOSED: "The file is closed.",
}  # fmt: skip
DECIDE_CLOSED: dict[str, str] = {**GONE, S.DECLINED: "It is declined already.", "": "It is approved already."}
RECEIVE_CLOSED: dict[str, str] = {
    **GONE, S.REQUESTED: "Approve it first.", S.APPROVED: "The parcel is not expected yet.",
    "": "All of it was received already.",
}  # fmt: skip
INSPECT_CLOSED: dict[str, str] = {
    **GONE, S.REQUESTED: "Approve it first.", S.INSPECTED: "It is inspected already.", S.RESOLVED: "It is settled already.",
    "": "The parcel has to arrive first.",
}  # fmt: skip
SETTLE_CLOSED: dict[str, str] = {
    **GONE, S.REQUESTED: "Approve it first.", S.RECEIVED: "Inspect the units first.", S.RESOLVED: "It is settled already.",
    "": "The parcel has to arrive first.",
}  # fmt: skip
CLOSE_CLOSED: dict[str, str] = {**GONE, S.CLOSED: "It is closed already.", "": "Settle it first."}
CANCEL_CLOSED: dict[str, str] = {
    **GONE, S.CANCELLED: "It is cancelled already.", S.RESOLVED: "It is settled already.",
    "": "Units have arrived; inspect and settle them.",
}  # fmt: skip


class ReturnLifecycle(Stateful):
    """Moves of a return. Only returns/actions call them; `custom` carries the button's label and the team."""

    status = FSMField(choices=ReturnStatus, default=ReturnStatus.REQUESTED, protected=True)

    class Meta:
        abstract = True

    @transition(
        status,
        source=S.REQUESTED,
        target=S.APPROVED,
        custom={"label": "Approve", "team": "support", "closed": DECIDE_CLOSED},
    )
    def approve(self): ...

    @transition(
        status,
        source=S.REQUESTED,
        target=S.DECLINED,
        custom={"label": "Decline", "team": "support", "closed": DECIDE_CLOSED},
    )
    def decline(self): ...

    @transition(
        status, source=S.APPROVED, target=S.AWAITING_ITEM, custom={"label": "Wait for the parcel", "team": "support"}
    )
    def await_item(self): ...

    @transition(
        status, source=S.AWAITING_ITEM, target=S.IN_TRANSIT, custom={"label": "Parcel is on its way", "team": "support"}
    )
    def mark_in_transit(self): ...

    @transition(
        status,
        source=[S.AWAITING_ITEM, S.IN_TRANSIT, S.PARTIALLY_RECEIVED],
        target=S.PARTIALLY_RECEIVED,
        custom={"label": "Receive a part", "team": "warehouse", "closed": RECEIVE_CLOSED},
    )
    def receive_part(self): ...

    @transition(
        status,
        source=[S.AWAITING_ITEM, S.IN_TRANSIT, S.PARTIALLY_RECEIVED],
        target=S.RECEIVED,
        conditions=[passes(rules.something_received)],
        custom={"label": "Receive", "team": "warehouse", "closed": RECEIVE_CLOSED},
    )
    def receive(self): ...

    @transition(
        status,
        source=S.RECEIVED,
        target=S.INSPECTED,
        conditions=[passes(rules.everything_inspected)],
        custom={"label": "Inspect", "team": "warehouse", "closed": INSPECT_CLOSED},
    )
    def inspect(self): ...

    @transition(
        status,
        source=S.APPROVED,
        target=S.INSPECTED,
        conditions=[passes(rules.nothing_received)],
        custom={"label": "Nothing to send back", "team": "support"},
    )
    def waive_item(self): ...

    @transition(
        status,
        source=S.INSPECTED,
        target=S.RESOLVED,
        custom={"label": "Settle", "team": "support", "closed": SETTLE_CLOSED},
    )
    def resolve(self): ...

    @transition(
        status, source=S.RESOLVED, target=S.CLOSED, custom={"label": "Close", "team": "support", "closed": CLOSE_CLOSED}
    )
    def close(self): ...

    @transition(
        status,
        source=[S.REQUESTED, S.APPROVED, S.AWAITING_ITEM, S.IN_TRANSIT],
        target=S.CANCELLED,
        conditions=[passes(rules.nothing_received)],
        custom={"label": "Cancel return", "team": "support", "closed": CANCEL_CLOSED},
    )
    def cancel(self): ...

    @transition(
        status,
        source=[S.APPROVED, S.AWAITING_ITEM, S.IN_TRANSIT],
        target=S.EXPIRED,
        conditions=[passes(rules.nothing_received), passes(rules.waited_long_enough)],
        custom={"label": "Expire", "team": "system"},
    )
    def expire(self): ...

    @transition(
        status,
        source=[S.DECLINED, S.CANCELLED, S.EXPIRED],
        target=S.REQUESTED,
        custom={"label": "Ask again", "team": "support"},
    )
    def reopen(self): ...

    @transition(status, source=S.CLOSED, target=S.RESOLVED, custom={"label": "Reopen the file", "team": "support"})
    def reopen_file(self): ...
