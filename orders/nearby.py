"""Orders whose number is close to one that leads nowhere: a slip of the hand, another prefix, a channel's number."""

import re
from collections.abc import Iterator
from typing import Any

from oms.ui.lost import WHY, Lost, Near
from orders.models import Order

SHOWN = 5
PREFIX = "SO"
# Longer is no number people type, and every digit more makes twenty numbers more to ask for.
LONGEST, LONGEST_TEXT = 12, 60


def no_order(number: str, user: Any) -> Lost:
    """The page to answer with where `number` is no order this person may see."""
    near = [Near(o.number, o.get_absolute_url(), _words(o), o.fulfilment_status) for o in near_orders(number, user)]
    newest = Order.objects.visible_to(user).order_by("-pk").values_list("number", flat=True).first()
    text = f"The number may be mistyped, or you may not have access to it. The newest is {newest}." if newest else WHY
    return Lost(f"No order {number[:60]}", search=number[:60], text=text, near=near)


def near_orders(number: str, user: Any) -> list[Order]:
    """Orders this person may see that `number` may have meant, the likeliest first; at most `SHOWN`."""
    rows = Order.objects.visible_to(user)
    rank: dict[str, int] = {}
    for guess in _guesses(re.sub(r"\D", "", number)):
        rank.setdefault(f"{PREFIX}-{guess}", len(rank))
    found = sorted(rows.filter(number__in=rank), key=lambda order: rank[order.number])[:SHOWN]
    if len(found) < SHOWN and len(number) <= LONGEST_TEXT:  # another system's number, or the start of one
        known = {order.pk for order in found}
        found += [o for o in rows.search(number).order_by("-placed_at", "-id")[:SHOWN] if o.pk not in known]
    return found[:SHOWN]


def _words(order: Order) -> str:
    return ", ".join(filter(None, (order.customer_name, order.ship_city)))


def _guesses(digits: str) -> Iterator[str]:
    """The same digits, then two of them swapped, then one too few or too many, then one wrong, the last digits first."""
    if not 0 < len(digits) <= LONGEST:
        return
    cuts = [(digits[:at], digits[at:]) for at in range(len(digits), -1, -1)]
    yield digits
    yield from (a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1)
    yield from (a + b[1:] for a, b in cuts if b)
    yield from (a + d + b for a, b in cuts for d in "0123456789")
    yield from (a + d + b[1:] for a, b in cuts if b for d in "0123456789")
