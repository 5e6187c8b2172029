"""Page-shaped reads of what channels are told: how much, how new, how late, and what went wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min

from oms.kernel.clock import now
from oms.ui.counting import Count, count_together
from oms.webhooks.models import WebhookDelivery
from oms.webhooks.owe import listeners
from orders.models import Channel, StockFeed, ToldStock
from orders.telling.messages import NAME, STOCK

LATE = timedelta(minutes=5)
FAILURES = 5
COLUMNS = ("SKU", "Available", "As of", "Sequence")


@dataclass(frozen=True)
class Feed:
    """One channel that is told its stock. `untold_since` is when the oldest figure was noticed that is on nobody's side yet.

    `subscribers` are endpoints that hear of it; without any, figures wait to be fetched and nothing is untold.
    """

    channel: Channel
    looked_at: datetime | None
    newest_at: datetime | None
    figures: Count
    unsent: Count
    untold_since: datetime | None
    subscribers: int

    @property
    def is_quiet(self) -> bool:
        """Nobody has looked for too long: the worker is behind or down."""
        return self.looked_at is None or self.looked_at < now() - LATE

    @property
    def is_late(self) -> bool:
        return self.untold_since is not None and self.untold_since < now() - LATE


def feeds(user: Any) -> list[Feed]:
    """The channels of this person that are told their stock, by name."""
    channels = Channel.objects.filter(tells_stock=True, is_active=True).order_by("name")
    return [feed_of(c) for c in channels if not user.channel_codes or c.code in user.channel_codes]


def feed_of(channel: Channel) -> Feed:
    feed = StockFeed.objects.filter(channel=channel).first() or StockFeed(channel=channel)
    rows = ToldStock.objects.filter(channel=channel)
    unsent = rows.filter(sequence__gt=feed.sent)
    figures, waiting = count_together([[rows], [unsent]], [100_000, 10_000])
    oldest = [unsent.order_by("sequence").values_list("at", flat=True).first(), _undelivered_since(channel.code)]
    return Feed(
        channel, feed.looked_at, rows.order_by("-sequence").values_list("at", flat=True).first(), figures, waiting,
        min((at for at in oldest if at), default=None), len(listeners(NAME, channel.code)),
    )  # fmt: skip


def failures(channel: str) -> list[WebhookDelivery]:
    """The newest messages of the channel's stock that a subscriber did not take, and has not taken since."""
    rows = WebhookDelivery.objects.filter(stream=f"{STOCK}{channel}").exclude(status="done").exclude(last_error="")
    return list(rows.select_related("endpoint").order_by("-pk")[:FAILURES])


def lines(channel: Channel) -> Iterator[tuple[str, int, datetime, int]]:
    """Every figure of the channel by SKU, for a file; in the order of `COLUMNS`."""
    rows = ToldStock.objects.filter(channel=channel).order_by("product__sku")
    yield from rows.values_list("product__sku", "units", "at", "sequence").iterator(chunk_size=5_000)


def _undelivered_since(channel: str) -> datetime | None:
    waiting = WebhookDelivery.objects.waiting().filter(
        stream=f"{STOCK}{channel}", endpoint__in=listeners(NAME, channel)
    )
    return waiting.aggregate(at=Min("event__at"))["at"]
