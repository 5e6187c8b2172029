"""What every change of a recurring order shares: its lock, its next day, its events."""

from datetime import date, timedelta
from typing import Any

from django.db import OperationalError

from oms.events.publish import publish, publish_move
from oms.kernel.clock import business_date, now
from oms.kernel.db import limit_lock_wait, sqlstate
from oms.kernel.errors import Busy, Refused
from oms.kernel.lifecycle import require
from oms.ui.words import moment
from orders.models import RecurringOrder, RecurringRun, RunOutcome

DONE = (RunOutcome.SKIPPED, RunOutcome.PLACED)


def lock_recurring(number: str) -> RecurringOrder:
    """Lock and return the schedule; it is locked before any order, and nothing that holds an order asks for it."""
    limit_lock_wait()
    rows = RecurringOrder.objects.select_related("customer__group", "channel").filter(number=number)
    try:
        found = rows.select_for_update(of=("self",)).first()
    except OperationalError as error:
        if sqlstate(error) == "55P03":
            raise Busy(f"{number} is being changed by somebody else right now. Try again in a moment.") from error
        raise
    if found is None:
        raise Refused("recurring_not_found", f"There is no recurring order {number}.")
    return found


def move(recurring: RecurringOrder, name: str, *, event: str, actor: Any, **payload: Any) -> None:
    """Make a move of a locked schedule, save it with its next day and say so."""
    require(recurring, name)
    source = recurring.status
    getattr(recurring, name)()
    save(recurring, "status")
    publish_move(
        event, subject=recurring.number, actor=actor, machine="recurringorder", move=name, source=source,
        target=recurring.status, **payload,
    )  # fmt: skip


def look_ahead(recurring: RecurringOrder, start: date) -> None:
    """Set the next day from `start` on that is neither placed nor skipped. A rhythm that is over ends the schedule."""
    done = set(recurring.runs.filter(run_on__gte=start, outcome__in=DONE).values_list("run_on", flat=True))
    recurring.next_on = next((day for day in recurring.rhythm.days(start) if day not in done), None)
    recurring.try_at = recurring.run_at(recurring.next_on) if recurring.next_on else None
    recurring.failure, recurring.failed_at = "", None


def advance(recurring: RecurringOrder, *, after: date, actor: Any) -> None:
    """Go on to the day after `after`, or end what is over. Saves."""
    look_ahead(recurring, after + timedelta(days=1))
    if recurring.next_on is None:
        move(recurring, "end", event="recurring.ended", actor=actor, why="Its last day is done")
    else:
        save(recurring)


def save(recurring: RecurringOrder, *columns: str) -> None:
    """Store the schedule's next day and `columns`; a form that was opened before is out of date from now on."""
    recurring.version += 1
    recurring.save(update_fields=["next_on", "try_at", "failure", "failed_at", "version", "updated_at", *columns])


def run_of(recurring: RecurringOrder, on: date) -> RecurringRun | None:
    return RecurringRun.objects.filter(recurring=recurring, run_on=on).first()


def require_open(recurring: RecurringOrder, on: date) -> None:
    """Refuse a day that is not one of the schedule, is past, placed, or closed for changes.

    A day whose order could not be placed is open again: nobody can mend it otherwise.
    """
    if recurring.failure and on == recurring.next_on:
        return
    if not recurring.rhythm.holds(on) and on != recurring.next_on:
        raise Refused("not_a_day", f"{on:%a %-d %b %Y} is not a day of {recurring.number}.")
    run = run_of(recurring, on)
    if on < business_date() or (run and run.outcome == RunOutcome.PLACED):
        raise Refused("day_over", f"{on:%a %-d %b} is done; open the order it made.")
    if now() > (closed := recurring.closes_at(on)):
        raise Refused(
            "cut_off",
            f"Changes for {on:%a %-d %b} closed {moment(closed)}. Change the order once it is placed, or pause the schedule.",
        )


def say(name: str, recurring: RecurringOrder, actor: Any, **payload: Any) -> None:
    publish(name, subject=recurring.number, actor=actor, **payload)
