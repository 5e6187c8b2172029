"""Replays that wait for a worker: each claimed, run, its progress shown, its result kept. Nothing else is written."""

from collections.abc import Callable
from datetime import timedelta

from inventory.geography import points_at
from inventory.models import RoutingReplay
from inventory.routebook import policy_of, world
from inventory.routing.facts import BUILT_IN
from oms.kernel.clock import now
from oms.kernel.runs import Runs
from orders.replay.compare import compare
from orders.replay.past import read_window
from orders.replay.simulate import simulate
from orders.replay.stale import stamp_of

SAID_EVERY = 250  # orders between two words of progress


def run(replay: RoutingReplay) -> None:
    """Plan the window by both policies and keep what differs."""
    end = replay.asked_at
    window, known = read_window(end - timedelta(days=replay.days), end), world({})
    points = points_at({(o.facts.country, o.facts.postal_code) for o in window.orders})
    RoutingReplay.objects.filter(pk=replay.pk).update(total=2 * len(window.orders), done=0, seen_at=now())
    began, tick, rules = now(), _ticker(replay), stamp_of(replay.policy_id)
    before = policy_of(replay.against_id) if replay.against_id else BUILT_IN
    live = simulate(window, before, known, points, tick)
    draft = simulate(window, policy_of(replay.policy_id), known, points, tick)
    result, moved = compare(window, live, draft)
    result["rules"] = rules
    result["seconds"] = max(0.1, round((now() - began).total_seconds(), 1))
    _end(replay, result=result, moved=moved, done=2 * len(window.orders), total=2 * len(window.orders))


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


RUNS = Runs(
    RoutingReplay, 5119, run, _end, most=3,
    broke="An error of the system ended it ({fault}). Tell whoever looks after the system.",
    gave_up="Broke off three times and was given up. Tell whoever looks after the system.",
)  # fmt: skip
run_due = RUNS.run_due
