"""Who listens to what. `@within` runs in the writer's transaction, `@after` through a stored delivery."""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms.events.models import Event

WithinHandler = Callable[["list[Event]"], None]
AfterHandler = Callable[["Event"], None]

_within: dict[str, list[WithinHandler]] = defaultdict(list)
_after: dict[str, list[str]] = defaultdict(list)
_every: list[WithinHandler] = []
_by_path: dict[str, AfterHandler] = {}
_in_steps: set[str] = set()


def within(*names: str) -> Callable[[WithinHandler], WithinHandler]:
    """Call the function with the list of just published events, inside the same transaction. Database work only."""

    def register(handler: WithinHandler) -> WithinHandler:
        for name in names:
            _within[name].append(handler)
        return handler

    return register


def every(handler: WithinHandler) -> WithinHandler:
    """Call the function with every list of just published events, whatever their names, inside the same transaction."""
    _every.append(handler)
    return handler


def after(*names: str, in_steps: bool = False) -> Callable[[AfterHandler], AfterHandler]:
    """Owe each such event to the function; it runs in its own transaction, possibly twice, and must allow for it.

    `in_steps`: it makes its own transactions, one after the other. Whatever goes from order to order does: the locks of the
    first would be held until the last, and the second order would be locked behind the stock rows of the first.
    """

    def register(handler: AfterHandler) -> AfterHandler:
        path = f"{handler.__module__}.{handler.__qualname__}"
        _by_path[path] = handler
        if in_steps:
            _in_steps.add(path)
        for name in names:
            _after[name].append(path)
        return handler

    return register


def within_handlers(name: str) -> list[WithinHandler]:
    return _within.get(name, [])


def every_handlers() -> list[WithinHandler]:
    return _every


def after_handlers(name: str) -> list[str]:
    return _after.get(name, [])


def handler_at(path: str) -> AfterHandler | None:
    """The `@after` handler stored as `path`, or None when the code no longer has it."""
    return _by_path.get(path)


def goes_in_steps(path: str) -> bool:
    return path in _in_steps
