"""The feed of changed orders: written after commit, read by open pages. Redis may lose it; then pages are only less fresh."""

import time
from dataclasses import dataclass
from functools import partial

import redis
from django.db import transaction

from oms.events.models import Event
from oms.events.registry import every
from oms.live.store import asked

KEY = "oms:live"
KEPT = 20_000  # changes
READ = 1_000  # of one answer; more means: everything may have changed
EVERYTHING = "*"
MANY = 200  # orders changed by one transaction (an import) are told as one entry
REMEMBERED_MS = 600_000  # a page that slept longer is told that everything may have changed


@dataclass(frozen=True)
class Change:
    stream: str
    actor: str
    user_id: int


@dataclass(frozen=True)
class News:
    """What happened after a place in the feed, and the place to ask from next. `lost`: more than the feed can say."""

    place: str
    changes: tuple[Change, ...] = ()
    lost: bool = False


@every
def tell(events: list[Event]) -> None:
    """Tell open pages what changed, once it is committed."""
    changed = {e.stream: e for e in events}
    if len(changed) > MANY:
        changed = {EVERYTHING: events[-1]}
    entries = [{"s": s, "a": e.actor_name, "u": e.actor_user_id or 0} for s, e in changed.items()]
    transaction.on_commit(partial(_write, entries))


def place_now() -> str:
    """The end of the feed, to be read before the page's rows are; empty while Redis is away."""

    def read(store: redis.Redis) -> str:
        last = store.xrevrange(KEY, count=1)
        return last[0][0].decode() if last else "0-0"

    return asked(read, "")


def news_since(place: str) -> News | None:
    """What changed after `place`; None while Redis is away. One command of Redis, no statement of the database."""
    found = asked(lambda store: store.xrange(KEY, min=f"({place}", count=READ), None)
    if found is None:
        return None
    changes = tuple(Change(f[b"s"].decode(), f[b"a"].decode(), int(f[b"u"])) for _, f in found)
    slept = place != "0-0" and int(place.partition("-")[0]) < time.time() * 1000 - REMEMBERED_MS
    lost = len(found) == READ or any(c.stream == EVERYTHING for c in changes) or (slept and bool(found))
    return News(found[-1][0].decode() if found else place, changes, lost)


def _write(entries: list[dict[str, str | int]]) -> None:
    def write(store: redis.Redis) -> None:
        pipe = store.pipeline(transaction=False)
        for entry in entries:
            pipe.xadd(KEY, entry, maxlen=KEPT, approximate=True)  # type: ignore[arg-type]
        pipe.execute()

    asked(write, None)
