"""Where work that a supplier has stands, in the words of its page's first line."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import prefetch_related_objects

from fulfilment.actions.supplier._work import step_of
from fulfilment.models import FulfilmentOrder
from oms.access.roles import Team
from oms.kernel.clock import business_date


@dataclass(frozen=True)
class Answer:
    """As inventory.purchasing.Answer: the same strip shows both. `step` names what may be done now."""

    step: str
    why: str
    next: str
    owner: str
    since: datetime
    eta: date | None
    is_late: bool

    @property
    def tone(self) -> str:
        return "late" if self.is_late else ""


def answer(fo: FulfilmentOrder) -> Answer:
    """`fo` has its location, purchase and order joined."""
    who, team = fo.location.name, Team.PURCHASING.label
    step, eta, sure = step_of(fo), *_day(fo)
    late = eta is not None and eta < business_date()
    since = fo.created_at
    purchase = fo.purchase
    match step:
        case "stopped":
            why, then, team = (
                f"{who} stopped the last order",
                "Cancel the units, or order them again",
                Team.SUPPORT.label,
            )
        case "stop":
            why, then = f"{who} is asked to stop: {fo.stop_reason}", "Get their answer: can they still stop it?"
            since = fo.stop_asked_at or since
        case "order" if fo.order.status == "confirmed":
            why, then, team = (
                f"{who} is to send it and knows nothing of it yet",
                "Release the order",
                Team.WAREHOUSE.label,
            )
        case "order":
            why, then = f"{who} is to send it and knows nothing of it yet", "Send them the order"
        case _ if late:
            why, then = f"{who} should have sent it", "Ask them for the parcel or a new day"
        case _ if sure:
            why, then = f"Waiting for {who} to ship", "Note carrier and tracking number when it leaves them"
        case _:
            why, then = f"Waiting for {who} to confirm and ship", "Get the day confirmed"
    if step == "ship" and purchase and purchase.sent_at:
        since = purchase.sent_at
    return Answer(step, why, then, team, since, eta if step in ("ship", "stop") else None, late and step == "ship")


def _day(fo: FulfilmentOrder) -> tuple[date | None, bool]:
    """The day its last unit is expected to leave them, and whether they confirmed all of it."""
    prefetch_related_objects([fo], "lines__purchase_line")  # a list has them already
    found = [row.purchase_line for row in fo.lines.all() if row.qty and row.purchase_line]
    days = [line.eta for line in found if line.eta]
    return max(days, default=None), bool(found) and all(line.is_confirmed for line in found)
