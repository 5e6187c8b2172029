"""What must always be true of what channels were told of their stock."""

from collections.abc import Iterator

from inventory.for_sale import for_sale, touched_since, unmarked
from inventory.models import Product
from oms.kernel.clock import now
from oms.ops.doctor.registry import Finding, check
from orders.models import Channel, StockFeed, ToldStock
from orders.telling.look import AT_ONCE, WATCH, seller_of
from orders.telling.picture import LATE, feed_of


@check("channels.told", "What a channel was told is what it may sell, or was a few minutes ago")
def told() -> Iterator[Finding]:
    for channel in Channel.objects.filter(tells_stock=True, is_active=True):
        feed = StockFeed.objects.filter(channel=channel).first()
        if feed is None or feed.looked_at is None:
            if channel.updated_at < now() - LATE:
                yield Finding(channel.code, "is to be told its stock and was never told any")
            continue
        if feed.looked_at < now() - LATE:
            yield Finding(channel.code, f"nobody has looked at its stock since {feed.looked_at:%Y-%m-%d %H:%M} UTC")
        shown = feed_of(channel)
        if shown.is_late:
            yield Finding(
                channel.code, f"a figure noticed at {shown.untold_since:%Y-%m-%d %H:%M} UTC has reached nobody"
            )
        yield from _wrong(channel, feed)


def _wrong(channel: Channel, feed: StockFeed) -> Iterator[Finding]:
    """Figures that no coming run would notice. What moved after the last look is not wrong yet; if that is long ago, it is."""
    seller = seller_of(channel)
    if feed.places != list(seller.places):
        return  # its places were changed since: all of it is looked at next
    is_long_ago = feed.looked_at is not None and feed.looked_at < now() - LATE
    ids, found = list(Product.objects.order_by("pk").values_list("pk", flat=True)), {}
    for i in range(0, len(ids), AT_ONCE):
        some = ids[i : i + AT_ONCE]
        sold = set(
            Product.objects.filter(pk__in=some, is_active=True, is_placeholder=False).values_list("pk", flat=True)
        )
        right = for_sale(seller, some)
        said = dict(ToldStock.objects.filter(channel=channel, product__in=some).values_list("product_id", "units"))
        found |= {p: (said.get(p), n) for p, n in right.items() if said.get(p, None if p in sold else 0) != n}
    if not found:
        return
    if not is_long_ago:
        coming = touched_since(feed.mark)
        if coming is None:
            return
        if feed.watched_at is not None and feed.watched_at > now() - LATE - WATCH:
            coming |= unmarked()
        found = {p: figures for p, figures in found.items() if p not in coming}
    for product, (was, is_) in sorted(found.items()):
        sku = Product.objects.values_list("sku", flat=True).get(pk=product)
        yield Finding(sku, f"{channel.code} was told {'nothing' if was is None else was}, it may sell {is_}")
