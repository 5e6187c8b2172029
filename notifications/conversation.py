"""An order's conversation: our messages and what its customer said, in the order of time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifications.context import values_for
from notifications.models import CustomerMessage, OutgoingMessage, ReplyText
from notifications.wording import render
from oms.kernel.compiled import rows_of
from oms.kernel.errors import Refused
from orders.models import Order


@dataclass(frozen=True)
class Said:
    """One message: `sent` is ours by e-mail, `heard` the customer's, or ours by another way."""

    at: datetime
    sent: OutgoingMessage | None = None
    heard: CustomerMessage | None = None


def conversation(order: Any) -> list[Said]:
    """Everything said about `order`, the newest first; reads what the order page prefetched."""
    found = [Said(m.created_at, sent=m) for m in order.messages.all()]
    found += [Said(m.at, heard=m) for m in order.customer_messages.all()]
    return sorted(found, key=lambda said: said.at, reverse=True)


def unanswered(said: Iterable[Said]) -> list[CustomerMessage]:
    return [s.heard for s in said if s.heard and s.heard.direction == "in" and s.heard.answered_at is None]


def reply_texts() -> list[ReplyText]:
    return rows_of("reply texts", lambda: ReplyText.objects.filter(is_active=True))


def filled(pk: str, texts: Iterable[ReplyText], order: Order) -> str:
    """The chosen text with today's facts of the order; empty for none, or for one that cannot be filled."""
    chosen = next((t for t in texts if str(t.pk) == pk), None)
    if chosen is None:
        return ""
    try:
        return render(chosen.body, values_for(order))
    except Refused:
        return ""
