"""Give the next step of an order to a person, or back to the team."""

from typing import Any

from django.db import transaction

from oms.access.models import User
from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.locks import lock_order
from orders.models import Order


@transaction.atomic
def assign_order(number: str, *, username: str, actor: Any, seen: str | None = None) -> Order:
    """Make `username` the person to ask about `number`; empty gives it back to the team.

    `seen` is the username that the person looked at, empty for the team; without it nothing is compared. Refuses who cannot
    sign in, and a choice made on a page that somebody else's choice has overtaken.
    """
    to = User.objects.filter(username=username, is_active=True).first() if username else None
    if username and to is None:
        raise Refused("person_unknown", f"Nobody called {username} can sign in; choose from the list.")
    order = lock_order(number)
    before = order.assignee.username if order.assignee else ""
    if seen is not None and seen != before:
        now = f"{order.assignee} looks after {number}" if order.assignee else f"{number} is the team's"
        raise Refused(
            "order_moved", f"{now} since somebody else changed it. Look again, and assign it anew if need be."
        )
    set_assignee(order, to)
    publish("orders.assigned", subject=number, actor=actor, to=str(to) if to else "", before=before)
    return order


def set_assignee(order: Order, to: User | None) -> None:
    """Store whom to ask about a locked order, None for its team; the only writer of it. Whoever calls says so in an event."""
    order.assignee = to
    order.save(update_fields=["assignee"])
