"""Redis as open pages use it: a bell that may be away. Nobody waits for it twice, and nothing is lost with it."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import redis
from redis.exceptions import RedisError

from oms.ops.services import redis_url

log = logging.getLogger(__name__)
PAUSE_S = 5.0  # without Redis nobody waits for it on every request
TIMEOUT_S = 0.25

_paused_until = 0.0
T = TypeVar("T")


def asked(do: Callable[[redis.Redis], T], away: T) -> T:
    """What `do` finds with a client of Redis, or `away` while Redis is."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return away
    try:
        return do(_connected(redis_url()))
    except (RedisError, OSError) as error:
        _paused_until = time.monotonic() + PAUSE_S
        log.warning("pages are not live for %s seconds: %s", PAUSE_S, error)
        return away


@lru_cache(maxsize=4)
def _connected(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
