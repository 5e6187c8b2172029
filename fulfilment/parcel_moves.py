"""Every move a person can make on a parcel: what it does, who may, and why it is closed."""

from dataclasses import dataclass
from typing import Any

from fulfilment.actions import label, parcel
from fulfilment.models import Shipment
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import edges, refusals
from orders.policies import may_move


@dataclass(frozen=True)
class Offer:
    """One move of a parcel as one person sees it: open, or closed for `reason`."""

    move: str
    label: str
    does: str
    reason: str
    needs_reason: bool
    is_grave: bool


# move -> what it does, whether it needs a reason, whether it is asked again before it happens
MOVES: dict[str, tuple[str, bool, bool]] = {
    "manifest": ("It is on the list the carrier signs today.", False, False),
    "deliver": ("Every unit reached the customer.", False, False),
    "transit": ("The carrier has it on the road.", False, False),
    "out_for_delivery": ("It is on the van of today.", False, False),
    "fail_attempt": ("Nobody took it. The carrier keeps it until the deadline for our answer.", False, False),
    "delay": ("It will be later than promised.", False, False),
    "initiate_rto": ("The carrier brings it back to us.", True, False),
    "return_transit": ("It is on its way back to us.", False, False),
    "receive_rto": ("It is back; a return opens by itself.", False, False),
    "find": ("It turned up and goes on to the customer; its units are no longer written off.", True, False),
    "find_delivered": ("It turned up at the customer; its units count as delivered.", True, False),
    "find_returning": ("It turned up and the carrier brings it back to us.", True, False),
    "lose": ("Its units are written off until it turns up.", True, True),
    "damage": ("Its units are written off.", True, True),
    "cancel": ("Takes the label off; the packed parcel stays.", False, True),
}


def policy(move: str) -> tuple[str, str]:
    """Machine and move of the policy table that says who may: labels are the floor's, the road is also support's."""
    if move in ("manifest", "cancel"):
        return "fulfilment", "dispatch"
    return "shipment", "deliver" if move in ("deliver", "find_delivered") else "track"


def offers(shipment: Shipment, user: Any) -> list[Offer]:
    """Every move of a parcel, with why the closed ones are closed."""
    labels = {edge.move: edge.label for edge in edges(Shipment)}
    return [
        Offer(move, labels[move], does, _closed(shipment, user, move), needs_reason, is_grave)
        for move, (does, needs_reason, is_grave) in MOVES.items()
    ]


def _closed(shipment: Shipment, user: Any, move: str) -> str:
    if closed := refusals(shipment, move):
        return " ".join(r.message for r in closed)
    if refused := may_move(user, *policy(move)):
        return refused.message
    return (
        "" if user.can("fulfilment.track") else "Your role looks at parcels but does not move them; ask the warehouse."
    )


def make(number: str, move: str, text: str, user: Any) -> None:
    """Make the move a person asked for; raises Refused for one that is not on the list."""
    if move not in MOVES:
        raise Refused("move_unknown", "Choose what happened to the parcel from the list.")
    if move == "manifest":
        label.manifest(number, actor=user)
    elif move == "cancel":
        label.cancel_shipment(number, reason=text, actor=user)
    elif move in parcel.MOVES:
        parcel.MOVES[move](number, reason=text, actor=user)
    else:
        parcel.track(number, move=move, text=text, actor=user)
