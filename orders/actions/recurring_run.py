"""Change one day of a recurring order: skip it, take the skip back, or give it contents of its own."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from oms.kernel.actors import as_actor
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions._recurring import advance, lock_recurring, look_ahead, require_open, run_of, save, say
from orders.actions.recurring_start import contents_from
from orders.models import RecurringOrder, RecurringRun, RunOutcome


@transaction.atomic
def skip_run(number: str, *, on: date, actor: Any) -> RecurringOrder:
    """Place nothing on that day. Refuses past the cut-off, a day that is no day of the rhythm, and one that is done."""
    recurring = _open_schedule(number, on)
    _write(recurring, on, actor, outcome=RunOutcome.SKIPPED)
    if on == recurring.next_on:
        advance(recurring, after=on, actor=actor)
    else:
        save(recurring)
    say("recurring.run_skipped", recurring, actor, label=f"{on:%a %-d %b %Y}", on=on.isoformat())
    return recurring


@transaction.atomic
def keep_run(number: str, *, on: date, actor: Any) -> RecurringOrder:
    """Take a skip back: the order is placed on that day after all. Refuses what was not skipped, and past the cut-off."""
    recurring = _open_schedule(number, on)
    run = run_of(recurring, on)
    if run is None or run.outcome != RunOutcome.SKIPPED:
        raise Refused("not_skipped", f"{on:%a %-d %b} is not skipped.")
    _write(recurring, on, actor, outcome=RunOutcome.PLANNED)
    if recurring.next_on is None or on < recurring.next_on:
        look_ahead(recurring, on)
    save(recurring)
    say("recurring.run_kept", recurring, actor, label=f"{on:%a %-d %b %Y}", on=on.isoformat())
    return recurring


@transaction.atomic
def set_contents(number: str, *, on: date, lines: Sequence[tuple[str, int]], actor: Any) -> RecurringOrder:
    """Give that day's order `lines` of its own; empty: those of the schedule again. The other days stay as they are."""
    recurring = _open_schedule(number, on)
    if (run := run_of(recurring, on)) and run.outcome == RunOutcome.SKIPPED:
        raise Refused("skipped", f"{on:%a %-d %b} is skipped; take the skip back first.")
    contents = [list(row) for row in contents_from(lines)] if lines else None
    _write(recurring, on, actor, outcome=RunOutcome.PLANNED, contents=contents)
    if recurring.failure and on == recurring.next_on:
        recurring.try_at = now()  # mended: the next sweep tries it at once
    save(recurring)
    say("recurring.run_changed", recurring, actor, label=f"{on:%a %-d %b %Y}", on=on.isoformat())
    return recurring


def _open_schedule(number: str, on: date) -> RecurringOrder:
    recurring = lock_recurring(number)
    if recurring.status == "ended":
        raise Refused("ended", "The schedule has ended; start a new one.")
    require_open(recurring, on)
    return recurring


def _write(recurring: RecurringOrder, on: date, actor: Any, **values: Any) -> None:
    values |= {"by": as_actor(actor).name[:80], "at": now()}
    RecurringRun.objects.update_or_create(recurring=recurring, run_on=on, defaults=values)
