"""Place the orders of schedules whose moment has come: each day once, whoever asks and however often."""

import logging
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from oms.kernel.actors import Actor, as_actor
from oms.kernel.clock import business_date, now
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions._recurring import advance, lock_recurring, run_of, say
from orders.actions.capture import capture_orders
from orders.models import Order, RecurringOrder, RecurringRun, RunOutcome
from orders.standing.contents import draft_of

SCHEDULER = Actor("rule", "Recurring orders")
BATCH = 500
TRY_AGAIN = timedelta(hours=1)
LATE_DAYS = 2  # an order that is later than that is not placed without a person: nobody expects the goods any more
log = logging.getLogger(__name__)


def place_due() -> int:
    """Place every order that is due, one transaction each; return how many. What cannot be placed becomes somebody's work."""
    due = RecurringOrder.objects.filter(status="active", try_at__lte=now()).order_by("try_at", "pk")
    return sum(_try(number) for number in list(due.values_list("number", flat=True)[:BATCH]))


def _try(number: str) -> bool:
    """Whether an order was placed. Somebody being at the schedule is no failure: the next sweep finds it again."""
    try:
        why = ""
        try:
            return retrying()(place_next)(number, actor=SCHEDULER) is not None
        except Refused as refused:
            why = refused.message
        except Busy:
            raise
        except Exception:
            log.exception("recurring order %s could not be placed", number)
            why = "Something went wrong here; place it by hand, and tell whoever runs this system."
        retrying()(note_failure)(number, why=why)
    except Busy:
        log.info("recurring order %s is in use", number)
    return False


@transaction.atomic
def place_next(number: str, *, actor: Any, by_hand: bool = False) -> Order | None:
    """Place the order of the schedule's next day if its moment has come; None when it is not due (any more).

    The day, once placed, is never placed again: the schedule is locked, the day has one row, and its order one id in the
    channel. `by_hand`: a person insists, so that it may be late. Refuses what capture refuses, and what has no price.
    """
    recurring = lock_recurring(number)
    on = recurring.next_on
    if recurring.status != "active" or on is None or recurring.run_at(on) > now():
        if by_hand:
            raise Refused("not_due", "Nothing is due here now.")
        return None
    if not by_hand and is_too_late(on):
        raise Refused(
            "too_late", f"The order of {on:%a %-d %b} is overdue; place it now if it is still wanted, or skip it."
        )
    order = _capture(recurring, on, actor)
    RecurringRun.objects.update_or_create(
        recurring=recurring, run_on=on,
        defaults={"outcome": RunOutcome.PLACED, "order": order, "by": as_actor(actor).name[:80], "at": now()},
    )  # fmt: skip
    say("recurring.placed", recurring, actor, label=order.number, order=order.number, on=on.isoformat())
    advance(recurring, after=on, actor=actor)
    return order


def is_too_late(on: date) -> bool:
    """Whether the order of that day is placed by a person or not at all."""
    return (business_date() - on).days > LATE_DAYS


def run_key(recurring: RecurringOrder, on: date) -> str:
    """The day's id in the channel."""
    return f"{recurring.number}/{on.isoformat()}"


def _capture(recurring: RecurringOrder, on: date, actor: Any) -> Order:
    draft = draft_of(recurring, run_of(recurring, on), on, run_key(recurring, on))
    made = capture_orders([draft], channel=recurring.channel, actor=actor)[0]
    if made.refusals:
        raise Refused.because(made.refusals)
    return Order.objects.get(number=made.number)


@transaction.atomic
def note_failure(number: str, *, why: str) -> None:
    """Make it somebody's work that the order of the day is missing; tried again within the hour."""
    recurring = lock_recurring(number)
    if recurring.status != "active" or recurring.next_on is None or recurring.run_at(recurring.next_on) > now():
        return
    is_new = recurring.failure != why[:300]
    recurring.failure, recurring.failed_at = why[:300], recurring.failed_at or now()
    recurring.try_at = now() + TRY_AGAIN
    recurring.save(update_fields=["failure", "failed_at", "try_at", "updated_at"])
    if is_new:
        say("recurring.failed", recurring, SCHEDULER, detail=why[:300], on=recurring.next_on.isoformat())
