"""Pause, resume and end a recurring order. The orders it has placed are not touched."""

from typing import Any

from django.db import transaction

from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import require
from orders.actions._recurring import lock_recurring, look_ahead, move
from orders.models import RecurringOrder


@transaction.atomic
def pause_recurring(number: str, *, actor: Any, reason: str = "") -> RecurringOrder:
    """Place nothing until it is resumed, a day past its cut-off included. Refuses when it is paused or has ended."""
    recurring = lock_recurring(number)
    move(recurring, "pause", event="recurring.paused", actor=actor, reason=reason[:300])
    return recurring


@transaction.atomic
def resume_recurring(number: str, *, actor: Any) -> RecurringOrder:
    """Go on with the first day whose hour is still to come; days missed meanwhile are not made up for.

    Refuses when it is not paused, or its last day has passed.
    """
    recurring = lock_recurring(number)
    require(recurring, "resume")
    look_ahead(recurring, business_date())
    while recurring.next_on and recurring.run_at(recurring.next_on) <= now():
        look_ahead(recurring, recurring.next_on.fromordinal(recurring.next_on.toordinal() + 1))
    if recurring.next_on is None:
        raise Refused("no_day", "Its last day has passed; change the schedule, or end it.")
    move(recurring, "resume", event="recurring.resumed", actor=actor, next_on=recurring.next_on.isoformat())
    return recurring


@transaction.atomic
def end_recurring(number: str, *, actor: Any, reason: str = "") -> RecurringOrder:
    """End it for good. Refuses when it has ended already."""
    recurring = lock_recurring(number)
    recurring.next_on = recurring.try_at = recurring.failed_at = None
    recurring.failure = ""
    move(recurring, "end", event="recurring.ended", actor=actor, reason=reason[:300])
    return recurring
