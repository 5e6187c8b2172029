"""Say figures to whoever subscribed to them: `stock.changed`, so many SKUs each, in the order of their sequence."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from oms.events.publish import Fact, publish_all
from oms.webhooks.owe import listeners, unfinished
from orders.models import StockFeed, ToldStock

NAME, STOCK = "stock.changed", "stock-"  # the event, and what its stream begins with before the channel's code
IN_ONE, AT_ONCE = 100, 20  # SKUs of a message, messages of a run
MOST_WAITING = 40  # messages on their way; more would only be older than what we could say later


@transaction.atomic
def send_figures(channel: str) -> int:
    """Put what is in no message yet into messages; return how many.

    A figure that changed again meanwhile is said once, as it is now. While every subscriber is behind, nothing more is
    said: they get the newest figures when they are back. Nobody subscribed: nothing is owed.
    """
    feed = StockFeed.objects.select_for_update(of=("self",)).filter(channel__code=channel).first()
    if feed is None or feed.sent == feed.sequence:
        return 0
    hear = listeners(NAME, channel)
    if hear and min(unfinished(f"{STOCK}{channel}", hear).values()) >= MOST_WAITING:
        return 0
    if not hear:
        facts, feed.sent = [], feed.sequence
    else:
        rows = ToldStock.objects.filter(channel=feed.channel_id, sequence__gt=feed.sent).order_by("sequence")
        new = list(rows.select_related("product")[: IN_ONE * AT_ONCE])
        facts = [_fact(channel, new[i : i + IN_ONE]) for i in range(0, len(new), IN_ONE)]
        # A figure said again has left its place: the last places may be empty.
        feed.sent = new[-1].sequence if len(new) == IN_ONE * AT_ONCE else feed.sequence
    feed.save(update_fields=["sent"])
    publish_all(facts, actor="Channel stock")
    return len(facts)


def figure(row: ToldStock) -> dict[str, Any]:
    """One figure as others read it, in messages and over the API."""
    return {
        "sku": row.product.sku, "available": row.units, "as_of": row.at.isoformat(), "sequence": row.sequence,
    }  # fmt: skip


def _fact(channel: str, rows: Sequence[ToldStock]) -> Fact:
    payload = {"channel": channel, "skus": [figure(row) for row in rows]}
    return Fact(NAME, channel, stream=f"{STOCK}{channel}", payload=payload)
