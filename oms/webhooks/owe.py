"""Owe an event to the endpoints that want it, in the transaction that made it true: no event is lost, none is told untrue."""

from collections.abc import Callable, Collection
from fnmatch import fnmatchcase

from django.db.models import Count

from oms.events.models import Event
from oms.events.registry import every
from oms.kernel.clock import now
from oms.kernel.db import fetch, insert_rows
from oms.kernel.nudge import nudge_on_commit
from oms.webhooks.models import KEEP_TRYING, WebhookDelivery

# Read each time, by a prepared statement: an endpoint made a second ago counts at once, in every process.
ENDPOINTS = "SELECT id, events, channel_code FROM webhooks_webhookendpoint WHERE is_active ORDER BY id"
COLUMNS = (
    "endpoint", "event", "stream", "status", "attempts", "next_at", "give_up_at", "response_body", "last_error"
)  # fmt: skip
ChannelsOf = Callable[[set[str]], dict[str, str]]
_ask: list[ChannelsOf] = []


def knows_channels(function: ChannelsOf) -> ChannelsOf:
    """Register who tells the channel code of streams (order numbers); the order desk does."""
    _ask.append(function)
    return function


@every
def owe(events: list[Event]) -> None:
    """Write a delivery for each endpoint that wants each event; historical imports included, they say when it happened."""
    endpoints = fetch(ENDPOINTS)
    if not endpoints:
        return
    wanted = [
        (event, pk, channel)
        for event in events
        for pk, patterns, channel in endpoints
        if any(fnmatchcase(event.name, p) for p in patterns)
    ]
    channels = _channels({event.stream for event, _, channel in wanted if channel})
    at = now()
    rows = [
        (pk, event.pk, event.stream, "pending", 0, at, at + KEEP_TRYING, "", "")
        for event, pk, channel in wanted
        if not channel or channels.get(event.stream) == channel
    ]
    if rows:
        insert_rows(WebhookDelivery, COLUMNS, rows)
        nudge_on_commit("oms.webhooks.tasks.send_webhooks")


def listeners(name: str, channel: str) -> list[int]:
    """Ids of the endpoints that are on and would be told an event `name` of the channel."""
    return [
        pk
        for pk, patterns, only in fetch(ENDPOINTS)
        if only in ("", channel) and any(fnmatchcase(name, p) for p in patterns)
    ]


def unfinished(stream: str, endpoints: Collection[int]) -> dict[int, int]:
    """{endpoint id: events of the stream it has not got yet}, for senders that would rather say less than queue more."""
    rows = WebhookDelivery.objects.waiting().filter(stream=stream, endpoint__in=endpoints)
    return dict.fromkeys(endpoints, 0) | dict(rows.values_list("endpoint").annotate(n=Count("pk")))


def _channels(streams: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ask in _ask if streams else ():
        found |= ask(streams)
    return found
