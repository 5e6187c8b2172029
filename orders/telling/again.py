"""Tell a channel everything again: for a receiver that lost its figures, or one that is new."""

from typing import Any

from django.db import connection, transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit
from orders.models import StockFeed

AGAIN = """
UPDATE orders_toldstock t SET sequence = %s + n.n
FROM (SELECT id, row_number() OVER (ORDER BY product_id) AS n FROM orders_toldstock WHERE channel_id = %s) n WHERE t.id = n.id
"""


@transaction.atomic
def tell_again(channel: str, *, actor: Any) -> int:
    """Give every figure of the channel a new sequence, so that all are sent once more; return how many.

    Refuses for a channel that is not told its stock, and while an earlier round is still going out.
    """
    rows = StockFeed.objects.select_for_update(of=("self",)).select_related("channel")
    feed = rows.filter(channel__code=channel, channel__tells_stock=True, channel__is_active=True).first()
    if feed is None:
        raise Refused("stock_not_told", "This channel is not told its stock. Switch it on in Set-up, Channels.")
    if feed.sent < feed.sequence:
        raise Refused("still_telling", "Figures are still going out. Wait until nothing is untold, then ask again.")
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [feed.sequence, feed.channel_id])
        count = cursor.rowcount
    feed.sequence += count
    feed.save(update_fields=["sequence"])
    publish("orders.stock_asked_again", subject=channel, stream=f"channel-{channel}", actor=actor, figures=count)
    nudge_on_commit("orders.tasks.tell_stock")
    return count
