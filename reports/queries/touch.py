"""Orders without a touch: how many went on by themselves, how far, per channel. Placing it is no touch; hands on the floor are
none of the desk's. The lists behind the numbers ask the same of each order (orders.querysets.untouched)."""

from typing import Any

from oms.kernel.db import fetch
from orders.models import Channel
from orders.querysets import NO_TOUCH, UNTOUCHED
from reports.home import orders_url
from reports.queries.base import Col, Report, Row, Span

# One pass over the facts of these orders: the first of each kind, and the first by a person at the desk.
FIRST = ", ".join(f"min(seq) FILTER (WHERE name = '{fact}') AS {key}" for key, fact in UNTOUCHED.items())
COUNTS = ", ".join(f"count(*) FILTER (WHERE f.{key} < COALESCE(f.hand, f.{key} + 1))" for key in UNTOUCHED)
READ = f"""
WITH placed AS (
  SELECT number, channel_id FROM orders_order
  WHERE placed_at >= %(start)s::timestamptz AND placed_at < %(end)s::timestamptz AND NOT is_historical
    AND (%(channels)s::text[] = '{{}}' OR channel_id IN (SELECT id FROM orders_channel WHERE code = ANY(%(channels)s::text[])))
), f AS (
  SELECT stream, {FIRST}, min(seq) FILTER (WHERE actor_kind = 'person' AND name <> ALL(%(no_touch)s::text[])
    AND NOT starts_with(name, 'fulfilment.')) AS hand
  FROM events_event WHERE stream IN (SELECT number FROM placed) GROUP BY stream
)
SELECT p.channel_id, count(*), {COUNTS} FROM placed p LEFT JOIN f ON f.stream = p.number
GROUP BY p.channel_id ORDER BY 2 DESC, 1
"""  # noqa: S608  constants


def rows(user: Any, span: Span) -> list[Row]:
    given = {"start": span.start, "end": span.end, "channels": list(user.channel_codes), "no_touch": list(NO_TOUCH)}
    channels = Channel.objects.in_bulk()
    return [_row(channels[pk], n, alone, span) for pk, n, *alone in fetch(READ, given)]


def _row(channel: Channel, placed: int, alone: list[int], span: Span) -> Row:
    query = {
        "view": "all", "channel": channel.code, "placed_from": str(span.first), "placed_to": str(span.last), "sort": "newest",
    }  # fmt: skip
    values: list[Any] = [channel.name, placed]
    urls = {0: orders_url(**query), 1: orders_url(**query)}
    for key, n in zip(UNTOUCHED, alone, strict=True):
        urls[len(values)] = orders_url(**query, untouched=key)
        values += [n, round(100 * n / placed)]
    return Row(values, urls)


REPORT = Report(
    "without-a-touch", "Without a touch", "Orders that went on without anybody at the desk, by channel; percent of those placed.",
    (Col("Channel"), Col("Placed", "number", True),
     Col("Confirmed by itself", "number", True), Col("Confirmed %", "number"),
     Col("Released by itself", "number", True), Col("Released %", "number"),
     Col("Dispatched untouched", "number", True), Col("Dispatched %", "number")),
    rows,
)  # fmt: skip
