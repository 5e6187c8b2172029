"""Stories told side by side, each at its own moments: what happened first is done first."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from django.conf import settings

from notifications.actions.send import send_due_messages
from oms.events.relay import deliver_due
from oms.kernel.clock import time_is
from oms.kernel.errors import Refused
from orders.actions.promise import promise_waiting

# A story does something, then yields how many hours pass until it goes on. It ends where the day finds it.
Story = Iterator[float]


def tell(stories: list[tuple[datetime, Story]], until: datetime) -> None:
    """Run all stories in the order of their moments; what would happen after `until` has not happened yet."""
    turn = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for at, story in stories:
        heappush(waiting, (at, next(turn), story))
    while waiting and waiting[0][0] <= until:
        at, _, story = heappop(waiting)
        pause = None
        with time_is(at), suppress(Refused):  # a guard said no, as on a real day: the order stays where it is
            pause = next(story, None)
        if pause is not None:
            heappush(waiting, (at + timedelta(hours=pause), next(turn), story))


def workers() -> Story:
    """Every hour what the background workers do every second: carry events on, send messages; every six, the promises."""
    moved = False
    for hour in count():
        moved |= carry_on()
        if moved and hour % 6 == 0:  # else the queue is as it was
            promise_waiting(actor="Stock promises", reason="The queue moved")
            moved = False
        send_messages()
        yield 1


def carry_on() -> bool:
    """Carry every owed event to its handlers; whether there was one."""
    moved = False
    while deliver_due():
        moved = True
    return moved


def send_messages() -> None:
    """Invented customers are written to in the demo's own mailbox only, never over a real mail server."""
    if settings.EMAIL_BACKEND.startswith("notifications.mailbox."):
        while send_due_messages():
            pass
