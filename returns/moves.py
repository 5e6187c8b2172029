"""What a person may do with a return now, and for everything else the sentence that says why not."""

from dataclasses import dataclass
from typing import Any

from oms.kernel.lifecycle import refusals
from orders.policies import may_move
from returns.models import Return

# Move of the machine -> (move of the policy table, permission, what the button says, what it does).
OFFERS: dict[str, tuple[str, str, str, str]] = {
    "approve": ("decide", "returns.decide", "Approve", "The customer may send the parcel; it has 30 days."),
    "decline": ("decide", "returns.decide", "Decline", "Ends it with a reason; it can be asked again."),
    "waive_item": ("decide", "returns.decide", "Settle without the goods", "Nothing has to come back."),
    "mark_in_transit": ("request", "returns.request", "Parcel is on its way", "Keeps the tracking number."),
    "receive_part": ("receive", "returns.receive", "Receive", "Counts the parcel into quarantine."),
    "inspect": ("inspect", "returns.receive", "Inspect", "Decides where each unit goes."),
    "resolve": ("resolve", "returns.decide", "Settle", "Decides what the customer gets."),
    "close": ("resolve", "returns.decide", "Close", "Files the settled return."),
    "cancel": ("request", "returns.request", "Cancel return", "Only while nothing has arrived."),
    "reopen": ("request", "returns.request", "Ask again", "Starts over with the same units."),
    "reopen_file": ("resolve", "returns.decide", "Reopen the file", "Takes it back to settled."),
}
# Shown with their reason while they are closed; the others appear only when they are open.
MAIN_ROAD = ("approve", "decline", "receive_part", "inspect", "resolve", "close", "cancel")


@dataclass(frozen=True)
class Offer:
    """One move as one person sees it: open, or closed for `reason`."""

    move: str
    label: str
    does: str
    reason: str

    @property
    def is_open(self) -> bool:
        return not self.reason


def offers(rma: Return, user: Any) -> dict[str, Offer]:
    """Every move by name. The state is asked first, then the person."""
    return {move: Offer(move, label, does, _reason(rma, user, move)) for move, (_, _, label, does) in OFFERS.items()}


def _reason(rma: Return, user: Any, move: str) -> str:
    policy, permission, *_ = OFFERS[move]
    closed = [r for r in refusals(rma, move) if not (move == "inspect" and r.code == "not_all_inspected")]
    if closed:
        return " ".join(r.message for r in closed)
    if refusal := may_move(user, "return", policy):
        return refusal.message
    return "" if user.can(permission) else "Your role does not do this; ask an admin."
