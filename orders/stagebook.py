"""The admins' words, owners and clocks for the fixed stages, cached for a second per process."""

import time
from dataclasses import dataclass

from orders.models.config import Stage
from orders.states import StageKey

FRESH_SECONDS = 1.0


@dataclass(frozen=True)
class StageInfo:
    key: str
    label: str
    customer_label: str
    tone: str
    owner_team: str
    sla_minutes: int | None
    position: int


_cached: tuple[float, dict[str, StageInfo]] = (0.0, {})


def stages() -> dict[str, StageInfo]:
    """Every stage by key. A rename is seen at once by the process that made it and within a second by the others."""
    global _cached
    read_at, book = _cached
    if book and time.monotonic() - read_at < FRESH_SECONDS:
        return book
    columns = ("key", "label", "customer_label", "tone", "owner_team", "sla_minutes", "position")
    book = {row[0]: StageInfo(*row) for row in Stage.objects.order_by("position").values_list(*columns)}
    for key, label in StageKey.choices:  # a stage row somebody deleted by hand still has its word
        book.setdefault(key, StageInfo(key, label, "", "", "", None, 99))
    _cached = (time.monotonic(), book)
    return book


def forget() -> None:
    """Read the book anew on next use."""
    global _cached
    _cached = (0.0, {})
