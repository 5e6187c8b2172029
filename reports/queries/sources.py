"""Orders by source: volume, value, cancellations, lateness, returns and speed of each channel."""

from typing import Any

from django.db.models import Avg, Count, F, Q, Sum

from oms.kernel.clock import now
from orders.models import Channel, Order
from orders.querysets import missed_promise
from reports.home import orders_url
from reports.queries.base import Col, Report, Row, Span


def rows(user: Any, span: Span) -> list[Row]:
    sums = (
        Order.objects.visible_to(user)
        .filter(placed_at__gte=span.start, placed_at__lt=span.end)
        .values("channel_id", "currency", "book_currency")
        .annotate(
            n=Count("pk"), value=Sum("total"), book=Sum("book_total"), unrated=Count("pk", filter=Q(book_rate__isnull=True)),
            took=Avg(F("dispatched_at") - F("placed_at")),
            gone=Count("pk", filter=Q(status="cancelled")), late=Count("pk", filter=missed_promise(now())),
            back=Count("pk", filter=Q(qty_returned__gt=0)),
        )
        .order_by("-n", "channel_id")
    )  # fmt: skip
    channels = Channel.objects.in_bulk()
    return [_row(channels[s["channel_id"]], s, span) for s in sums]


def _row(channel: Channel, s: dict[str, Any], span: Span) -> Row:
    query = {"view": "all", "channel": channel.code, "placed_from": str(span.first), "placed_to": str(span.last)}
    hours = round(s["took"].total_seconds() / 3600, 1) if s["took"] else None
    values = (channel.name, s["currency"], s["n"], s["value"], s["gone"], s["late"], s["back"], hours)
    extra = {0: {}, 2: {}, 4: {"cancelled": "on"}, 5: {"missed": "on"}, 6: {"returned": "on"}}
    urls = {i: orders_url(**query, **more) for i, more in extra.items()}
    return Row(values, urls, {3: s["book"]}, s["book_currency"], s["unrated"])


REPORT = Report(
    "orders-by-source", "Orders by source", "How much each channel brings, and how well it is served.",
    (Col("Source"), Col("Currency"), Col("Orders", "number", True), Col("Value", "money", True), Col("Cancelled", "number", True),
     Col("Late", "number", True), Col("Returned", "number", True), Col("Hours to dispatch", "hours")),
    rows, currency_at=1,
)  # fmt: skip
