"""C-13: 64 hands placing and cancelling orders of ten lines in random order while goods arrive, for minutes."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import crowd
from orders.models import Order
from tests.concurrency.last_units import LINES, Work, deadlocks, shelves, shuffle_through
from tests.conftest import make_shop
from tests.proofs.doctor import examine
from tests.proofs.verdict import Verdict, say

NAME, HANDS = "crossing", 64
MOST_RETRIED = 0.001  # of all that was done
MOST_SHOWN = 5


def prove(var: Path, minutes: float, seeds: list[int]) -> list[Verdict]:
    """All hands for so long, with the first seed; what they did, and what the database had to break up."""
    make_shop()
    skus, before = shelves(10_000_000), deadlocks()
    works: list[Work] = crowd.run(HANDS, _hand, skus, minutes * 60, seeds[0])
    broken_up = deadlocks() - before
    orders, cancelled, received = (sum(getattr(w, n) for w in works) for n in ("orders", "cancelled", "received"))
    steps, retried = orders + cancelled + received, Counter(state for w in works for state in w.retried)
    shown = [text for w in works for text in w.shown]
    say(f"{HANDS} hands, {minutes:g} minutes, seed {seeds[0]}: {orders:,} orders of {LINES} lines, {cancelled:,} cancelled, "
        f"{received:,} receipts")  # fmt: skip
    for text in shown[:MOST_SHOWN]:
        say(f"  shown: {text}")
    stored = Order.objects.count()
    share = retried.total() / steps
    return [
        Verdict(NAME, f"0 errors reach a user in {steps:,} steps", f"{len(shown)}", not shown and steps > HANDS),
        Verdict(NAME, "the database broke up no deadlock", f"{broken_up}", broken_up == 0),
        Verdict(NAME, f"retried: below {MOST_RETRIED:.1%}", f"{share:.3%} {dict(retried) or ''}", share < MOST_RETRIED),
        Verdict(NAME, "every order is stored once", f"{stored:,}", stored == orders),
        examine(NAME),
    ]  # fmt: skip


def _hand(n: int, skus: list[str], seconds: float, seed: int) -> Callable[[], Work]:
    return lambda: shuffle_through(_turns_for(seconds), f"{seed}-{n}", skus)


def _turns_for(seconds: float) -> Iterator[int]:
    until = time.monotonic() + seconds
    return itertools.takewhile(lambda turn: time.monotonic() < until, itertools.count())
