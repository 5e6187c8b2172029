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


def after(*names: str) -> Callable[[AfterHandler], AfterHandler]:
    """Owe each such event to the function; it runs in its own transaction, possibly twice, and must allow for it."""

    def register(handler: AfterHandler) -> AfterHandler:
        path = f"{handler.__module__}.{handler.__qualname__}"
        _by_path[path] = handler
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
