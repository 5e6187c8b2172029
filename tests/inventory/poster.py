"""A worker that posts stocktakes and stops before one of its writes, to be killed there: `python -m tests.nursery` bears it.

Modes: `as it is`; `in pieces` commits each difference before it notes that the line is settled.
"""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from django.db import connection

from inventory.actions.stocktakes import post, posting


def main(mode: str, stop_before: str) -> None:
    """Say "stopped" and wait for the end before the write of that number; else "done"."""
    asked = 0

    def stop(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        nonlocal asked
        asked += sql.startswith("UPDATE") or "INSERT INTO" in sql
        if stop_before == str(asked):
            print("stopped", flush=True)
            signal.pause()
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        if mode == "in pieces":
            stack.enter_context(patch.object(post, "post_difference", _committed(post.post_difference)))
        stack.enter_context(connection.execute_wrapper(stop))
        posting.run_due()
    print("done", flush=True)


def _committed(difference: Callable[..., Any]) -> Callable[..., Any]:
    def hasty(*args: Any, **kwargs: Any) -> Any:
        done = difference(*args, **kwargs)
        connection.connection.commit()  # past Django, which knows better
        return done

    return hasty
