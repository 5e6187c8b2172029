"""Orders without a touch: how many went on by themselves, how far, per channel. Placing it is no touch; hands on the floor are
none of the desk's."""

from typing import Any

from django.db.models import Count, Q

from orders.models import Channel, Order
from orders.querysets import UNTOUCHED, untouched
from reports.home import orders_url
from reports.queries.base import Col, Report, Row, Span


def rows(user: Any, span: Span) -> list[Row]:
    placed = Order.objects.visible_to(user).filter(
        placed_at__gte=span.start, placed_at__lt=span.end, is_historical=False
    )
    alone = {key: Count("pk", filter=Q(untouched(key))) for key in UNTOUCHED}
    found = placed.values("channel_id").annotate(n=Count("pk"), **alone).order_by("-n", "channel_id")
    channels = Channel.objects.in_bulk()
    return [_row(channels[row["channel_id"]], row, span) for row in found]


def _row(channel: Channel, row: dict, span: Span) -> Row:
    query = {
        "view": "all", "channel": channel.code, "placed_from": str(span.first), "placed_to": str(span.last), "sort": "newest",
    }  # fmt: skip
    values: list[Any] = [channel.name, row["n"]]
    urls = {0: orders_url(**query), 1: orders_url(**query)}
    for key in UNTOUCHED:
        urls[len(values)] = orders_url(**query, untouched=key)
        values += [row[key], round(100 * row[key] / row["n"])]
    return Row(values, urls)


REPORT = Report(
    "without-a-touch", "Without a touch", "Orders that went on without anybody at the desk, by channel; percent of those placed.",
    (Col("Channel"), Col("Placed", "number", True),
     Col("Confirmed by itself", "number", True), Col("Confirmed %", "number"),
     Col("Released by itself", "number", True), Col("Released %", "number"),
     Col("Dispatched untouched", "number", True), Col("Dispatched %", "number")),
    rows,
)  # fmt: skip
