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
