"""Keep what a bulk action did, row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from orders.models import BulkRun

Result = tuple[str, bool, str]


def keep_results(action: str, asked: Mapping[str, str], results: Sequence[Result], *, actor: Any) -> BulkRun:
    """Store `results` of `action`; each order has moved, or not, in its own transaction already."""
    short = {name: text[:300] for name, text in asked.items() if text}
    return BulkRun.objects.create(
        by=actor, action=action, asked=short, results=[[n[:60], ok, s] for n, ok, s in results]
    )
