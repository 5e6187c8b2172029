"""Replays that wait for a worker: each claimed, run, its progress shown, its result kept. Nothing else is written."""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from inventory.geography import points_at
from inventory.models import RoutingReplay
from inventory.routebook import policy_of, world
from inventory.routing.facts import BUILT_IN
from oms.kernel.clock import now
from orders.replay.compare import compare
from orders.replay.past import read_window
from orders.replay.simulate import simulate

log = logging.getLogger(__name__)
SILENCE = timedelta(seconds=90)
MOST_ATTEMPTS = 3
SAID_EVERY = 250  # orders between two words of progress


def run_due() -> int:
    """Run every replay that waits, or whose worker went silent; returns how many ended."""
    ended = 0
    while (replay := _claim()) is not None:
        if replay.attempts > MOST_ATTEMPTS:
            _end(replay, error="Broke off three times and was given up. Tell whoever looks after the system.")
        else:
            try:
                run(replay)
            except Exception:
                log.exception("replay %s", replay.pk)
                _end(replay, error="An error of the system ended it. Tell whoever looks after the system.")
        ended += 1
    return ended


def run(replay: RoutingReplay) -> None:
    """Plan the window by both policies and keep what differs."""
    end = replay.asked_at
    window, known = read_window(end - timedelta(days=replay.days), end), world({})
    points = points_at({(o.facts.country, o.facts.postal_code) for o in window.orders})
    RoutingReplay.objects.filter(pk=replay.pk).update(total=2 * len(window.orders), done=0, seen_at=now())
    began, tick = now(), _ticker(replay)
    before = policy_of(replay.against_id) if replay.against_id else BUILT_IN
    live = simulate(window, before, known, points, tick)
    draft = simulate(window, policy_of(replay.policy_id), known, points, tick)
    result, moved = compare(window, live, draft)
    result["seconds"] = max(0.1, round((now() - began).total_seconds(), 1))
    _end(replay, result=result, moved=moved, done=2 * len(window.orders), total=2 * len(window.orders))


def _claim() -> RoutingReplay | None:
    with transaction.atomic():
        waiting = Q(seen_at__isnull=True) | Q(seen_at__lt=now() - SILENCE)
        rows = RoutingReplay.objects.select_for_update(skip_locked=True).filter(waiting, finished_at__isnull=True)
        replay = rows.order_by("asked_at").first()
        if replay is not None:
            RoutingReplay.objects.filter(pk=replay.pk).update(seen_at=now(), attempts=F("attempts") + 1)
            replay.attempts += 1
        return replay


def _ticker(replay: RoutingReplay) -> Callable[[], None]:
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        if done % SAID_EVERY == 0:
            RoutingReplay.objects.filter(pk=replay.pk).update(done=done, seen_at=now())

    return tick


def _end(replay: RoutingReplay, **values: object) -> None:
    RoutingReplay.objects.filter(pk=replay.pk).update(finished_at=now(), **values)
