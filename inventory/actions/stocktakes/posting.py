"""Stocktakes with many differences, posted by a worker: taken up again where one that died had come to."""

from typing import Any

from django.db import transaction

from inventory.actions.stocktakes._move import move_stocktake
from inventory.actions.stocktakes.post import BY_WORKER, end_posting, open_differences, post_lines
from inventory.locks import lock_stocktake
from inventory.models import StocktakePosting
from oms.kernel.actors import Actor
from oms.kernel.clock import now
from oms.kernel.db import retrying
from oms.kernel.runs import Runs

SAID_EVERY = 25  # differences between two words of progress


def _work(posting: StocktakePosting) -> None:
    number, actor = posting.stocktake.number, _actor(posting)
    lines = open_differences(number)
    before = posting.total - len(lines)  # by a worker that died
    for n, _ in enumerate(post_lines(number, lines, actor=actor, move=BY_WORKER), before + 1):
        if n % SAID_EVERY == 0:
            _say(posting, done=n, seen_at=now())
    retrying()(_finish)(posting, actor)


@transaction.atomic
def _finish(posting: StocktakePosting, actor: Actor) -> None:
    end_posting(posting.stocktake.number, actor=actor, move=BY_WORKER)
    _say(posting, done=posting.total, finished_at=now())


@transaction.atomic
def _give_up(posting: StocktakePosting, *, error: str) -> None:
    """What is posted stays so; the rest is reviewed, and may be posted again."""
    stocktake = lock_stocktake(posting.stocktake.number)
    move_stocktake(stocktake, "leave_rest", event="inventory.stocktake_left", actor=_actor(posting), error=error[:500])
    _say(posting, finished_at=now(), error=error[:500])


def _actor(posting: StocktakePosting) -> Actor:
    return Actor(posting.actor_kind, posting.actor_name, posting.by_id)


def _say(posting: StocktakePosting, **values: Any) -> None:
    StocktakePosting.objects.filter(pk=posting.pk).update(**values)


RUNS = Runs(
    StocktakePosting, 5121, _work, retrying()(_give_up), most=5,
    broke="Posting broke off ({fault}). What is posted stays posted; post the rest again.",
    gave_up="Posting broke off five times and was given up. What is posted stays posted; tell whoever looks after the system.",
)  # fmt: skip
run_due = RUNS.run_due
