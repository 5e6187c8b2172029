"""The older orders: over when the house was opened, taken in as history like an import of last year's books."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from random import Random

from demo.drafts import Generator, paid
from oms.kernel.clock import now
from orders.actions.capture import capture_orders
from orders.channels.draft import OrderDraft, Past
from orders.models import Channel

HISTORY = 258
FROM_DAY, TO_DAY = 60, 11


def make_history(generator: Generator, random: Random, size: int) -> None:
    """`size` delivered orders and a few cancelled ones, spread over the weeks before the live work begins."""
    channels = list(Channel.objects.order_by("code"))
    drafts: dict[str, list[OrderDraft]] = defaultdict(list)
    for _ in range(size):
        channel = random.choice(channels)
        drafts[channel.code].append(_over(generator, channel, random))
    for channel in channels:
        capture_orders(drafts[channel.code], channel=channel, actor="system")


def _over(generator: Generator, channel: Channel, random: Random) -> OrderDraft:
    # The business grows: the nearer, the more orders a day.
    placed = now() - timedelta(days=TO_DAY + (FROM_DAY - TO_DAY) * random.random() ** 1.7)
    draft = generator.draft(channel, placed)
    if random.random() < 0.06:
        past = Past("cancelled", "Customer changed their mind", cancelled_at=placed + timedelta(hours=3))
        return replace(draft, past=past)
    took = random.gauss(13, 5) if random.random() < 0.9 else random.uniform(50, 90)
    sent = placed + timedelta(hours=max(took, 2))
    past = Past("completed", confirmed_at=placed + timedelta(hours=1), dispatched_at=sent,
                delivered_at=sent + timedelta(days=random.uniform(1, 5)), carrier="own",
                promised_at=placed + timedelta(hours=channel.dispatch_within_hours),
                tracking_number=f"TRK{draft.external_id}")  # fmt: skip
    return replace(paid(draft), past=past)
