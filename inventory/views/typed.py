"""What people type into the small forms of a page, which are too small for a form class."""

from datetime import date
from uuid import UUID, uuid4

from oms.kernel.errors import Refused

DIGITS = 11  # the database takes no longer number everywhere


def whole(text: str, otherwise: int = 0) -> int:
    """A whole number; anything else is `otherwise`, which the action refuses with its own sentence."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else otherwise


def day_of(text: str) -> date | None:
    """A day as browsers send it, or none; Refused when it is something else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused("day_unreadable", f"“{text[:20]}” is no day; write it as 2026-12-03.") from error


def key_of(text: str) -> UUID:
    """The key of a form, so that it counts once; a fresh one when it has none that can be read."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
