"""Transfers as people make them, for the tests of everything that hangs on supply."""

import uuid
from datetime import timedelta
from typing import Any

from inventory.actions.transfers.book import book_arrival
from inventory.actions.transfers.count import count_arrival
from inventory.actions.transfers.draft import Load, draft_transfer
from inventory.actions.transfers.send import send_transfer
from inventory.models import Transfer
from oms.kernel.clock import business_date


def loaded(
    *lines: tuple[str, int], source: str = "pune", location: str = "delhi", days: int = 2, actor: Any = "system"
) -> Transfer:
    """A draft of `(sku, qty)` lines, expected in so many days."""
    eta = business_date() + timedelta(days=days)
    return draft_transfer(source=source, location=location, lines=[Load(*line) for line in lines], eta=eta, actor=actor)


def on_the_road(*lines: tuple[str, int], actor: Any = "system", **where: Any) -> Transfer:
    return send_transfer(loaded(*lines, actor=actor, **where).number, actor=actor)


def reach(transfer: Transfer, sku: str, qty: int, *, actor: Any = "system", **booked: Any) -> None:
    """Count and book in."""
    count_arrival(transfer.number, code=sku, qty=qty, key=uuid.uuid4(), actor=actor)
    book_arrival(transfer.number, actor=actor, **booked)
