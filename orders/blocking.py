"""What stands in an order's way beside its holds, each with its clock and the page where somebody ends it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from orders.models import Order
from orders.moves import TEAM_LABELS


@dataclass(frozen=True)
class BlockerSeen:
    """One blocker as one person sees it: `url` and `does` are empty where another panel of the page has the way, or another team."""

    text: str
    team: str
    since: datetime
    until: datetime | None
    url: str = ""
    does: str = ""


def other_blockers(order: Order, user: Any) -> list[BlockerSeen]:
    """The stored blockers of `order` that are no holds, in their order."""
    found = []
    for row in order.blockers:
        if row["code"].startswith("hold:"):
            continue
        url, does = _way_out(row["code"], order, user)
        until = datetime.fromisoformat(row["until"]) if row["until"] else None
        since = datetime.fromisoformat(row["since"])
        found.append(BlockerSeen(row["text"], TEAM_LABELS.get(row["team"], ""), since, until, url, does))
    return found


def _way_out(code: str, order: Order, user: Any) -> tuple[str, str]:
    if code == "payment:payment_due" and user.can("payments.record"):
        return reverse("payments:record", args=[order.number]), "Record payment"
    if code == "customer_po" and user.can("orders.edit"):
        return f"{reverse('orders:edit', args=[order.number])}?at=customer_po", "Enter PO"
    if code == "stock:scarce" and user.can("orders.share"):
        return f"{reverse('orders:sharing')}?{urlencode({'sku': order.scarce_sku})}", "Share out"
    return "", ""
