"""What a person may do with an order now, and for everything else the sentences that say why not."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from oms.access.roles import Team
from oms.kernel.errors import Refusal
from oms.kernel.lifecycle import refusals
from orders.models import Order
from orders.policies import may_move, reason_required

TEAM_LABELS: dict[str, str] = dict(Team.choices)

# Move -> (what the button says, URL name, what it does).
OFFERS: dict[str, tuple[str, str, str]] = {
    "confirm": ("Confirm order", "orders:confirmation", "Its stock becomes hard-allocated."),
    "release": ("Release to picking", "orders:release", "The warehouse may start on it."),
    "close": ("Close the books", "orders:closure", "Nothing on it can change any more."),
    "reopen": ("Reopen the books", "orders:reopening", "Takes it back to completed."),
    "reopen_work": ("Reopen the work", "orders:reopening", "Takes it back to processing."),
    "cancel": ("Cancel order", "orders:cancellation", "Frees its stock and stops all work on it."),
}


@dataclass(frozen=True)
class Move:
    """One move as one person sees it: open, or closed for `reasons`."""

    name: str
    label: str
    tells: str
    url: str
    reasons: tuple[Refusal, ...]
    needs_reason: bool

    @property
    def is_open(self) -> bool:
        return not self.reasons


def moves_for(order: Order, user: Any) -> list[Move]:
    """Every move of the order's machine in the order of its life. The state is asked first, then the person."""
    return [_move(order, user, name) for name in OFFERS]


def remainder_closed(order: Order, user: Any) -> Refusal | None:
    """Why this person may not cancel part of the open `order` now; None when they may."""
    if not any(line.qty_cancellable for line in order.lines.all()):
        return Refusal("all_packed", "Every unit is packed or gone; nothing of it can be cancelled.")
    return may_move(user, "order", "cancel_remainder")


def _move(order: Order, user: Any, name: str) -> Move:
    label, url, tells = OFFERS[name]
    reasons = tuple(refusals(order, name))
    if not reasons and (refusal := may_move(user, "order", name)):
        reasons = (refusal,)
    needs_reason = not reasons and reason_required("order", name)
    return Move(name, label, tells, reverse(url, args=[order.number]), reasons, needs_reason)
