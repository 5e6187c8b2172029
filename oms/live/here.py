"""Who else has an order in front of them. Redis forgets it within seconds, and nothing but words on a page depends on it."""

import json
import time

import redis

from oms.live.store import asked

KEY = "oms:here:{}"
SECONDS = 20  # pages ask every five; one that is closed or hidden is gone after this


def look_in(number: str, user_id: int, name: str, doing: str) -> list[str]:
    """Note that somebody has the page of `number` open, and say who else has, as "Tom Demo is editing it", by name.

    Empty while Redis is away.
    """
    key, now = KEY.format(number), time.time()

    def note(store: redis.Redis) -> list[bytes]:
        pipe = store.pipeline(transaction=False)
        pipe.zadd(key, {json.dumps([user_id, name, doing]): now})
        pipe.zremrangebyscore(key, "-inf", now - SECONDS)
        pipe.expire(key, SECONDS)
        pipe.zrange(key, 0, -1)
        return pipe.execute()[-1]

    rows = [json.loads(row) for row in asked(note, [])]
    doings: dict[str, list[str]] = {}
    for other_id, other, does in rows:
        if other_id != user_id:
            doings.setdefault(other, []).append(does)
    return [f"{other} {' and '.join(sorted(does))}" for other, does in sorted(doings.items())]
