"""Keep what a bulk action did, row by row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from oms.events.models import Event
from orders.models import BulkRun
from orders.undoing import UNDOABLE

Result = tuple[str, bool, str]


def keep_results(
    action: str, asked: Mapping[str, str], results: Sequence[Result], *, actor: Any, since: datetime | None = None
) -> BulkRun:
    """Store `results` of `action`; each order has moved, or not, in its own transaction already.

    `since` is when it began: what the person did to those orders from then on is what an undo of the run takes back.
    """
    short = {name: text[:300] for name, text in asked.items() if text}
    return BulkRun.objects.create(
        by=actor, action=action, asked=short, results=[[n[:60], ok, s] for n, ok, s in results],
        steps=_steps([n for n, ok, _ in results if ok], since, actor) if since else {},
    )  # fmt: skip


def _steps(numbers: Sequence[str], since: datetime, actor: Any) -> dict[str, int]:
    rows = Event.objects.filter(stream__in=numbers, at__gte=since, actor_user_id=actor.pk, name__in=UNDOABLE)
    return dict(rows.order_by().values_list("stream").annotate(last=Max("seq")))
