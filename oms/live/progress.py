"""How far long work is, while its own transaction is still open: said in Redis, where nothing is lost with it."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from oms.live.store import asked

KEPT_S = 300
Progress = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


@dataclass(frozen=True)
class Doing:
    what: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def to_nobody(what: str, done: int, total: int) -> None:
    """For work that nobody watches."""


def told_as(name: str) -> Progress:
    """A progress that pages find under `name`. Redis away, the work goes on unseen."""

    def tell(what: str, done: int, total: int) -> None:
        asked(lambda redis: redis.set(_key(name), json.dumps([what, done, total]), ex=KEPT_S), None)

    return tell


def heard(name: str) -> Doing | None:
    """What the work called `name` said last; None when it said nothing, or long ago."""
    said = asked(lambda redis: redis.get(_key(name)), None)
    return Doing(*json.loads(said)) if said else None  # type: ignore[arg-type]


def _key(name: str) -> str:
    return f"oms:progress:{name}"
