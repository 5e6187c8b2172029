"""The whole life of a fulfilment order and of a shipment. Every state that is not an end has an exit."""

from django.db import models
from django_fsm import FSMField, transition

from fulfilment import rules
from oms.kernel.lifecycle import Stateful, passes


class WorkStatus(models.TextChoices):
    AWAITING_STOCK = "awaiting_stock", "Awaiting stock"
    SCHEDULED = "scheduled", "Scheduled"
    WITH_SUPPLIER = "with_supplier", "With the supplier"
    OPEN = "open", "To pick"
    PICKING = "picking", "Picking"
    PICKED = "picked", "To pack"
    PACKED = "packed", "To dispatch"
    DISPATCHED = "dispatched", "Dispatched"
    COMPLETED = "completed", "Completed"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"


class ShipmentStatus(models.TextChoices):
    CREATED = "created", "Created"
    LABEL_READY = "label_ready", "Label ready"
    MANIFESTED = "manifested", "Manifested"
    PICKED_UP = "picked_up", "Picked up"
    IN_TRANSIT = "in_transit", "In transit"
    OUT_FOR_DELIVERY = "out_for_delivery", "Out for delivery"
    ATTEMPT_FAILED = "attempt_failed", "Attempt failed"
    DELAYED = "delayed", "Delayed"
    DELIVERED = "delivered", "Delivered"
    RTO_INITIATED = "rto_initiated", "Return to origin asked"
    RTO_IN_TRANSIT = "rto_in_transit", "Coming back"
    RTO_RECEIVED = "rto_received", "Back at origin"
    LOST = "lost", "Lost"
    DAMAGED = "damaged", "Damaged"
    CANCELLED = "cancelled", "Cancelled"


class ClaimStatus(models.TextChoices):
    DUE = "due", "Claim to file"
    FILED = "filed", "Claim filed"
    PAID = "paid", "Carrier paid"
    REFUSED = "refused", "Carrier refused"
    DROPPED = "dropped", "Nothing claimed"


W, S, C = WorkStatus, ShipmentStatus, ClaimStatus
LIVE = (W.AWAITING_STOCK, W.SCHEDULED, W.WITH_SUPPLIER, W.OPEN, W.PICKING, W.PICKED, W.PACKED)
AT_DOOR = (S.CREATED, S.LABEL_READY, S.MANIFESTED)
ON_ROAD = (S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.ATTEMPT_FAILED, S.DELAYED)
COMING_BACK = (S.RTO_INITIATED, S.RTO_IN_TRANSIT)
CLAIM_OPEN = (C.DUE, C.FILED)


class WorkLifecycle(Stateful):
    """Moves of a fulfilment order; only fulfilment/actions call them."""

    status = FSMField(choices=WorkStatus, default=WorkStatus.OPEN, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=[W.AWAITING_STOCK, W.SCHEDULED], target=W.OPEN, custom={"label": "Open", "team": "system"}
    )
    def open_work(self): ...

    @transition(status, source=W.OPEN, target=W.PICKING, custom={"label": "Start pick", "team": "warehouse"})
    def start_pick(self): ...

    @transition(status, source=W.PICKING, target=W.OPEN, custom={"label": "Put back", "team": "warehouse"})
    def put_back(self): ...

    @transition(
        status, source=W.PICKING, target=W.PICKED, conditions=[passes(rules.all_picked)],
        custom={"label": "Finish pick", "team": "warehouse"},
    )  # fmt: skip
    def finish_pick(self): ...

    # Undo: one step back inside its window (fulfilment/undoing.py).
    @transition(
        status, source=W.PICKED, target=W.PICKING, conditions=[passes(rules.nothing_in_the_parcel)],
        custom={"label": "Undo the end of the pick", "team": "warehouse"},
    )  # fmt: skip
    def reopen_pick(self): ...

    @transition(status, source=W.DISPATCHED, target=W.PACKED, custom={"label": "Undo dispatch", "team": "warehouse"})
    def undo_dispatch(self): ...

    @transition(
        status, source=W.PICKED, target=W.PACKED, conditions=[passes(rules.all_packed)],
        custom={"label": "Finish packing", "team": "warehouse"},
    )  # fmt: skip
    def finish_pack(self): ...

    @transition(status, source=W.PACKED, target=W.PICKED, custom={"label": "Open again", "team": "warehouse"})
    def reopen_pack(self): ...

    @transition(
        status, source=W.PACKED, target=W.DISPATCHED, conditions=[passes(rules.something_packed)],
        custom={"label": "Dispatch", "team": "warehouse"},
    )  # fmt: skip
    def dispatch(self): ...

    @transition(status, source=W.DISPATCHED, target=W.COMPLETED, custom={"label": "Complete", "team": "system"})
    def complete(self): ...

    @transition(status, source=W.COMPLETED, target=W.DISPATCHED, custom={"label": "Parcel found", "team": "system"})
    def take_up(self): ...

    @transition(status, source=[W.OPEN, W.PICKING], target=W.REJECTED, custom={"label": "Reject", "team": "warehouse"})
    def reject(self): ...

    # What a supplier sends to the customer: nothing is picked, nothing packed (fulfilment/actions/supplier/).
    @transition(
        status, source=W.WITH_SUPPLIER, target=W.DISPATCHED, conditions=[passes(rules.supplier_was_told)],
        custom={"label": "Supplier shipped", "team": "purchasing"},
    )  # fmt: skip
    def supplier_ships(self): ...

    @transition(
        status, source=W.WITH_SUPPLIER, target=W.REJECTED, conditions=[passes(rules.supplier_was_told)],
        custom={"label": "Supplier refused", "team": "purchasing"},
    )  # fmt: skip
    def supplier_refuses(self): ...

    @transition(
        status, source=list(LIVE), target=W.CANCELLED, conditions=[passes(rules.supplier_lets_go)],
        custom={"label": "Cancel", "team": "system"},
    )  # fmt: skip
    def cancel(self): ...


class ShipmentLifecycle(Stateful):
    """Moves of a shipment, only ever forward; a lost parcel that turns up goes on from where it was found."""

    status = FSMField(choices=ShipmentStatus, default=ShipmentStatus.CREATED, protected=True)

    class Meta:
        abstract = True

    @transition(status, source=S.CREATED, target=S.LABEL_READY, custom={"label": "Label ready", "team": "warehouse"})
    def label(self): ...

    @transition(status, source=S.LABEL_READY, target=S.MANIFESTED, custom={"label": "Manifest", "team": "warehouse"})
    def manifest(self): ...

    @transition(status, source=list(AT_DOOR), target=S.PICKED_UP, custom={"label": "Picked up", "team": "warehouse"})
    def pick_up(self): ...

    @transition(
        status, source=[S.PICKED_UP, S.ATTEMPT_FAILED, S.DELAYED], target=S.IN_TRANSIT,
        custom={"label": "In transit", "team": "warehouse"},
    )  # fmt: skip
    def transit(self): ...

    @transition(
        status, source=[S.PICKED_UP, S.IN_TRANSIT, S.ATTEMPT_FAILED, S.DELAYED], target=S.OUT_FOR_DELIVERY,
        custom={"label": "Out for delivery", "team": "warehouse"},
    )  # fmt: skip
    def out_for_delivery(self): ...

    @transition(
        status, source=[S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.DELAYED], target=S.ATTEMPT_FAILED,
        custom={"label": "Attempt failed", "team": "support"},
    )  # fmt: skip
    def fail_attempt(self): ...

    @transition(
        status, source=[S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY], target=S.DELAYED,
        custom={"label": "Delayed", "team": "support"},
    )  # fmt: skip
    def delay(self): ...

    @transition(status, source=list(ON_ROAD), target=S.DELIVERED, custom={"label": "Delivered", "team": "warehouse"})
    def deliver(self): ...

    @transition(
        status, source=list(ON_ROAD), target=S.RTO_INITIATED, custom={"label": "Return to origin", "team": "support"}
    )
    def initiate_rto(self): ...

    @transition(
        status, source=S.RTO_INITIATED, target=S.RTO_IN_TRANSIT, custom={"label": "Coming back", "team": "warehouse"}
    )
    def return_transit(self): ...

    @transition(
        status, source=[S.RTO_INITIATED, S.RTO_IN_TRANSIT], target=S.RTO_RECEIVED,
        custom={"label": "Received back", "team": "warehouse"},
    )  # fmt: skip
    def receive_rto(self): ...

    @transition(status, source=[*ON_ROAD, *COMING_BACK], target=S.LOST, custom={"label": "Lost", "team": "support"})
    def lose(self): ...

    @transition(
        status, source=S.LOST, target=S.IN_TRANSIT, conditions=[passes(rules.books_open), passes(rules.not_sent_again)],
        custom={"label": "Found, on its way", "team": "support"},
    )  # fmt: skip
    def find(self): ...

    @transition(
        status, source=S.LOST, target=S.DELIVERED, conditions=[passes(rules.books_open), passes(rules.not_sent_again)],
        custom={"label": "Found, delivered", "team": "support"},
    )  # fmt: skip
    def find_delivered(self): ...

    @transition(
        status, source=S.LOST, target=S.RTO_IN_TRANSIT, conditions=[passes(rules.books_open), passes(rules.not_sent_again)],
        custom={"label": "Found, coming back", "team": "support"},
    )  # fmt: skip
    def find_returning(self): ...

    @transition(
        status,
        source=[*ON_ROAD, *COMING_BACK, S.LOST],
        target=S.DAMAGED,
        custom={"label": "Damaged", "team": "support"},
    )
    def damage(self): ...

    @transition(status, source=list(AT_DOOR), target=S.CANCELLED, custom={"label": "Cancel", "team": "warehouse"})
    def cancel(self): ...

    @transition(status, source=S.PICKED_UP, target=S.CANCELLED, custom={"label": "Undo hand-over", "team": "warehouse"})
    def undo_hand_over(self): ...


class LossLifecycle(Stateful):
    """The claim on the carrier for a lost or destroyed parcel. What the customer gets for it does not wait for it."""

    status = FSMField(choices=ClaimStatus, default=ClaimStatus.DUE, protected=True)

    class Meta:
        abstract = True

    @transition(status, source=[C.DUE, C.REFUSED], target=C.FILED, custom={"label": "Claim filed", "team": "support"})
    def file(self): ...

    @transition(status, source=C.FILED, target=C.PAID, custom={"label": "Carrier paid", "team": "support"})
    def settle(self): ...

    @transition(status, source=C.FILED, target=C.REFUSED, custom={"label": "Carrier refused", "team": "support"})
    def refuse(self): ...

    @transition(
        status,
        source=[C.DUE, C.FILED, C.REFUSED],
        target=C.DROPPED,
        custom={"label": "Claim nothing", "team": "support"},
    )
    def drop(self): ...

    @transition(status, source=C.DROPPED, target=C.DUE, custom={"label": "Claim after all", "team": "support"})
    def open_again(self): ...
