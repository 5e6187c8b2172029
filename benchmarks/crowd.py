"""Many at once, as a house has them: threads spread over several processes, each thread on a connection of its own."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

PROCESSES = 4  # as many as a small house has web processes and workers
PATIENCE = 300.0  # a process that fails before the start must not keep the others waiting for ever
_start: Barrier


def run(clients: int, make: Callable[..., Callable[[], Any]], *words: Any) -> list[Any]:
    """Call `make(n, *words)` for every n below `clients`, then what it returned, all at the same moment; what those return.

    `make` is a function of a module and `words` can be pickled: both go to a process of their own, where Django is set up
    before `make` is called. What happens in `make` comes before the start. The first error of any client is raised here.
    """
    from django.db import connections

    connections.close_all()
    shares = [range(i, clients, PROCESSES) for i in range(min(PROCESSES, clients))]
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(len(shares))
    with ProcessPoolExecutor(len(shares), context, _begin, (start,)) as pool:
        waiting = [pool.submit(_share, share, make, words) for share in shares]
        found = dict(pair for future in waiting for pair in future.result())
    return [found[n] for n in range(clients)]


def _begin(start: Barrier) -> None:
    global _start
    _start = start
    import django

    django.setup()


def _share(numbers: range, make: Callable[..., Callable[[], Any]], words: tuple) -> list[tuple[int, Any]]:
    from django.db import connections

    jobs = [make(n, *words) for n in numbers]
    connections.close_all()
    _start.wait(PATIENCE)
    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(zip(numbers, pool.map(_one, jobs), strict=True))


def _one(job: Callable[[], Any]) -> Any:
    from django.db import connection

    try:
        connection.ensure_connection()
        return job()
    finally:
        connection.close()
