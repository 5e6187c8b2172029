"""What the demo's house does by itself: small orders of the Australian website confirmed, those of WhatsApp only watched."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from demo.clockwork import carry_on, send_messages
from demo.drafts import Generator, paid
from inventory.models import Product
from oms.kernel.clock import now, time_is
from orders.actions.automate import make_routine_steps
from orders.actions.capture import capture_orders
from orders.channels.draft import LineDraft
from orders.models import AutomaticStep, Channel, Priority, PriorityRule

# hours ago, units, tag: the last one is above the limit and left to a person
ORDERS = ((2.7, 1, ""), (1.6, 2, "express"), (0.7, 90, ""))


def make_routine(generator: Generator, products: list[Product]) -> None:
    """Agreed three hours ago, so that nothing older changes by it."""
    web, whatsapp = (Channel.objects.get(code=code) for code in ("web-au", "whatsapp"))
    begun = now() - timedelta(hours=3)
    AutomaticStep.objects.create(
        name="Confirm small web orders", step="confirm", mode="on", channel=web, since=begun, total_up_to=Decimal(20000)
    )
    AutomaticStep.objects.create(
        name="Confirm WhatsApp orders", step="confirm", mode="watch", channel=whatsapp, since=begun - timedelta(days=14)
    )
    PriorityRule.objects.create(name="Express", is_on=True, priority=Priority.URGENT, tag="express")
    for hours, qty, tag in ORDERS:
        with time_is(now() - timedelta(hours=hours)):
            line = LineDraft(products[8].sku, products[8].name, qty, Decimal("18.50"))
            draft = replace(generator.draft(web, now()), lines=(line,), tags=(tag,) if tag else ())
            capture_orders([paid(draft)], channel=web, actor="system")
            make_routine_steps()
            carry_on()  # what happened hours ago was told hours ago
            send_messages()
