"""The life of a recurring order."""

from django.db import models
from django_fsm import FSMField, transition

from oms.kernel.lifecycle import Stateful


class RecurringStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


R = RecurringStatus
OVER = {R.ENDED: "The schedule has ended; start a new one."}


class RecurringLifecycle(Stateful):
    """Moves of a recurring order. The orders it places live their own lives."""

    status = FSMField(choices=RecurringStatus, default=RecurringStatus.ACTIVE, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=R.ACTIVE, target=R.PAUSED,
        custom={"label": "Pause", "team": "sales", "closed": {**OVER, R.PAUSED: "It is paused already."}},
    )  # fmt: skip
    def pause(self): ...

    @transition(
        status, source=R.PAUSED, target=R.ACTIVE,
        custom={"label": "Resume", "team": "sales", "closed": {**OVER, R.ACTIVE: "It is not paused."}},
    )  # fmt: skip
    def resume(self): ...

    @transition(
        status, source=[R.ACTIVE, R.PAUSED], target=R.ENDED,
        custom={"label": "End", "team": "sales", "closed": {R.ENDED: "It has ended already."}},
    )  # fmt: skip
    def end(self): ...


class BlanketStatus(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


B = BlanketStatus


class BlanketLifecycle(Stateful):
    """Moves of a blanket order. That its last day has passed is a date, not a state."""

    status = FSMField(choices=BlanketStatus, default=BlanketStatus.OPEN, protected=True)

    class Meta:
        abstract = True

    @transition(
        status, source=B.OPEN, target=B.CLOSED,
        custom={"label": "Close", "team": "sales", "closed": {"": "It is closed already."}},
    )  # fmt: skip
    def close(self): ...

    @transition(
        status, source=B.CLOSED, target=B.OPEN,
        custom={"label": "Open again", "team": "sales", "closed": {"": "It is open."}},
    )  # fmt: skip
    def reopen(self): ...
