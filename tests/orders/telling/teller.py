"""A look at what channels may sell that stops before one of its writes, to be killed there: `python -m tests.nursery` bears it.

Modes: `as it is`; `mark first` writes down that it has looked before it looks; `in pieces` commits what is sent before it is sent.
"""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from django.db import connection

from inventory.for_sale import mark
from orders.models import StockFeed
from orders.telling import look, messages


def main(mode: str, stop_before: str) -> None:
    """Say "stopped" and wait for the end before the write of that number, or the first one with that text; else "done"."""
    asked = 0

    def stop(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        nonlocal asked
        asked += sql.startswith("UPDATE") or "INSERT INTO" in sql
        if stop_before == str(asked) or (not stop_before.isdigit() and stop_before in sql):
            print("stopped", flush=True)
            signal.pause()
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        if mode == "mark first":
            stack.enter_context(patch.object(look, "_write", _after_the_mark(look._write)))
        elif mode == "in pieces":
            stack.enter_context(patch.object(messages, "publish_all", _committed(messages.publish_all)))
        stack.enter_context(connection.execute_wrapper(stop))
        look.tell_channels()
    print("done", flush=True)


def _after_the_mark(write: Callable[..., int]) -> Callable[..., int]:
    def hasty(*args: Any) -> int:
        StockFeed.objects.update(mark=mark())
        return write(*args)

    return hasty


def _committed(publish: Callable[..., Any]) -> Callable[..., Any]:
    def late(*args: Any, **kwargs: Any) -> Any:
        connection.connection.commit()  # past Django, which knows better
        return publish(*args, **kwargs)

    return late
