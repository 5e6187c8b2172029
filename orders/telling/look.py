"""Notice what a channel may sell by now, and write down every figure that is another than the one it was told.

Levels that moved are found by the transaction that wrote them, after it committed. A run that dies writes its mark not at all:
the next one looks at the same products again, and figures that are told already are the same and told no second time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from inventory.for_sale import FIGURES, Seller, mark, touched_since, unmarked
from inventory.models import Product
from oms.kernel.clock import now
from oms.kernel.db import fetch
from orders.capture.catalogue import locations_for
from orders.models import Channel, StockFeed
from orders.telling.messages import send_figures

WATCH = timedelta(minutes=1)  # how often products are looked at whose figure may change without a trace
SWEEP = timedelta(hours=1)  # how often all are, whatever the marks say
AT_ONCE = 5_000  # products of one statement
LOCK = 7_303  # advisory lock, held by the connection: it ends with a worker that dies

WRITE = f"""
WITH {FIGURES}, changed AS (
  SELECT f.product_id, f.units, row_number() OVER (ORDER BY f.product_id) AS n
  FROM figures f LEFT JOIN orders_toldstock t ON t.channel_id = %(feed)s AND t.product_id = f.product_id
  WHERE CASE WHEN t.id IS NULL THEN f.is_sold ELSE t.units <> f.units END
)
INSERT INTO orders_toldstock (channel_id, product_id, units, sequence, at)
SELECT %(feed)s, product_id, units, %(after)s + n, %(at)s FROM changed
ON CONFLICT (channel_id, product_id) DO UPDATE SET units = excluded.units, sequence = excluded.sequence, at = excluded.at
RETURNING 1
"""  # noqa: S608


@dataclass(frozen=True)
class Due:
    """Products to look at in this run, and whether those without a trace or even all are among them."""

    products: Collection[int]
    watched: bool
    swept: bool


def tell_channels() -> int:
    """Look at every channel that is told its stock and send what is new; return how many figures changed. One run at a time."""
    if not fetch("SELECT pg_try_advisory_lock(%s::int, 0)", [LOCK])[0][0]:
        return 0
    try:
        channels = list(Channel.objects.filter(tells_stock=True, is_active=True))
        here, seen = mark(), dict[int, set[int] | None]()
        return sum(tell_channel(channel, here, seen) for channel in channels)
    finally:
        fetch("SELECT pg_advisory_unlock(%s::int, 0)", [LOCK])


def tell_channel(channel: Channel, here: int | None = None, seen: dict[int, set[int] | None] | None = None) -> int:
    """Bring the figures of one channel up to date and send them; return how many changed.

    `here` is a mark taken before, and `seen` what moved since which mark, when several channels are looked at together.
    """
    here = mark() if here is None else here
    feed, _ = StockFeed.objects.get_or_create(channel=channel)
    seller, at = seller_of(channel), now()
    due = _due(feed, seller, at, {} if seen is None else seen)
    ids = sorted(due.products)
    changed = sum(_write(feed.pk, seller, ids[i : i + AT_ONCE], at) for i in range(0, len(ids), AT_ONCE))
    with transaction.atomic():
        feed = StockFeed.objects.select_for_update().get(pk=feed.pk)
        feed.mark, feed.places, feed.looked_at = here, list(seller.places), at
        feed.watched_at = at if due.watched else feed.watched_at
        feed.swept_at = at if due.swept else feed.swept_at
        feed.save(update_fields=["mark", "places", "looked_at", "watched_at", "swept_at"])
    send_figures(channel.code)
    return changed


def seller_of(channel: Channel) -> Seller:
    return Seller(channel.code, channel.country, locations_for(channel))


def _due(feed: StockFeed, seller: Seller, at: datetime, seen: dict[int, set[int] | None]) -> Due:
    swept = feed.swept_at is None or feed.swept_at <= at - SWEEP or feed.places != list(seller.places)
    if not swept and feed.mark not in seen:
        seen[feed.mark] = touched_since(feed.mark)
    touched = None if swept else seen[feed.mark]
    if touched is None:
        return Due(list(Product.objects.values_list("pk", flat=True)), watched=True, swept=True)
    watched = feed.watched_at is None or feed.watched_at <= at - WATCH
    return Due(touched | unmarked() if watched else touched, watched=watched, swept=False)


@transaction.atomic
def _write(feed_id: int, seller: Seller, products: Collection[int], at: datetime) -> int:
    # Under the lock each statement reads what is committed by then: a figure never goes back to an older one.
    feed = StockFeed.objects.select_for_update().get(pk=feed_id)
    values = {"feed": feed.channel_id, "after": feed.sequence, "at": at, **seller.params(products)}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, values)
        count = cursor.rowcount
    if count:
        feed.sequence += count
        feed.save(update_fields=["sequence"])
    return count
