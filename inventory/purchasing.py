"""Page-shaped reads of purchase orders: where one stands, what each line still brings, what happened."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from inventory.models import PurchaseLine, PurchaseOrder
from inventory.states import COMING, PurchaseStatus
from oms.access.roles import Team
from oms.events.models import Event
from oms.kernel.clock import business_date
from oms.kernel.lifecycle import refusals
from oms.kernel.plural import are, plural
from oms.ui.words import moment

P = PurchaseStatus


@dataclass(frozen=True)
class Answer:
    """Where a purchase order stands, in the words of the page's first line."""

    why: str
    next: str
    owner: str
    since: datetime
    eta: date | None
    is_late: bool

    @property
    def tone(self) -> str:
        return "late" if self.is_late else ""


@dataclass(frozen=True)
class Offer:
    """One move as one person sees it: open, or closed for `reason`."""

    label: str
    reason: str

    @property
    def is_open(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class Said:
    at: datetime
    who: str
    text: str
    why: str


def load_purchase(user: Any, number: str) -> PurchaseOrder | None:
    """The purchase order with everything its page shows, or None when this person may not see it."""
    return (
        PurchaseOrder.objects.visible_to(user)
        .select_related("supplier", "location")
        .prefetch_related("lines__product", "receipts__scans")
        .filter(number=number)
        .first()
    )


def answer(purchase: PurchaseOrder) -> Answer:
    if purchase.is_drop_ship:
        return _answer_for_customer(purchase)
    coming = [line for line in purchase.lines.all() if line.qty_open] if purchase.status in COMING else []
    etas = [line.eta for line in coming if line.eta]
    eta = min(etas, default=None)
    late = eta is not None and eta < business_date()
    unsure = [line for line in coming if not line.is_confirmed]
    units = sum(line.qty_open for line in coming)
    match purchase.status:
        case P.DRAFT:
            why, then, team = "Nobody expects it before it is sent", "Send it to the supplier", Team.PURCHASING
        case P.SENT | P.PART_RECEIVED if late:
            why, then, team = (
                f"{plural(units, 'unit')} {are(units)} overdue",
                "Ask the supplier for a new day",
                Team.PURCHASING,
            )
        case P.SENT | P.PART_RECEIVED if unsure:
            why = f"{len(unsure)} of {len(coming)} open lines not confirmed"
            then, team = "Get the day confirmed", Team.PURCHASING
        case P.SENT | P.PART_RECEIVED if not coming:
            why, then, team = "Nothing more comes", "Close it", Team.PURCHASING
        case P.SENT | P.PART_RECEIVED:
            why, then, team = f"{plural(units, 'unit')} on their way", "Receive the delivery", Team.WAREHOUSE
        case P.RECEIVED:
            why, then, team = _came(purchase), "Check the invoice and close it", Team.PURCHASING
        case _:
            why, then, team = purchase.end_reason or "It is finished", "Nothing to do", ""
    return Answer(why, then, Team(team).label if team else "", purchase.status_since, eta, late)


def _came(purchase: PurchaseOrder) -> str:
    """What the invoice of a purchase order that has arrived is compared with."""
    lines = purchase.lines.all()
    missing = sum(line.qty_cancelled for line in lines)
    over = sum(max(line.qty_received + line.qty_cancelled - line.qty, 0) for line in lines)
    said = [f"{plural(missing, 'unit')} given up"] * bool(missing) + [f"{over} more than ordered"] * bool(over)
    return ", ".join(said) or "Everything is here"


def _answer_for_customer(purchase: PurchaseOrder) -> Answer:
    """The supplier sends it to a customer; its steps are made on the order's work."""
    coming = [line for line in purchase.lines.all() if line.qty_open] if purchase.status in COMING else []
    eta = max((line.eta for line in coming if line.eta), default=None)
    late = eta is not None and eta < business_date()
    units, team = sum(line.qty_open for line in coming), Team.PURCHASING.label
    match purchase.status:
        case P.DRAFT:
            why, then = f"Drafted for the customer of {purchase.order_number}", "Send it to the supplier"
        case P.SENT | P.PART_RECEIVED if late:
            why, then = (
                f"{plural(units, 'unit')} {are(units)} overdue at the supplier",
                "Ask the supplier for a new day",
            )
        case P.SENT | P.PART_RECEIVED:
            why = f"{plural(units, 'unit')} {are(units)} to go from the supplier to the customer"
            then = "Note the parcel when it leaves them"
        case P.RECEIVED:
            why, then = "The supplier has sent it to the customer", "Check the invoice and close it"
        case _:
            why, then, team = purchase.end_reason or "It is finished", "Nothing to do", ""
    return Answer(why, then, team, purchase.status_since, eta, late)


def offers(purchase: PurchaseOrder, user: Any) -> dict[str, Offer]:
    """The moves of the page by name: the state is asked first, then the person."""
    asked = (
        ("send", "Send", "purchases.edit"),
        ("receive_part", "Receive", "inventory.adjust"),
        ("close", "Close", "purchases.edit"),
        ("cancel", "Cancel", "purchases.edit"),
    )
    return {move: Offer(label, _closed(purchase, user, move, permission)) for move, label, permission in asked}


def _closed(purchase: PurchaseOrder, user: Any, move: str, permission: str) -> str:
    if purchase.is_drop_ship and not (move == "close" and purchase.status == P.RECEIVED):
        return f"It goes straight to the customer of {purchase.order_number}: its steps are on that order's work."
    if closed := refusals(purchase, move):
        return " ".join(r.message for r in closed)
    return "" if user.can(permission) else "Your role does not do this; Purchasing or the warehouse does."


def total(lines: list[PurchaseLine]) -> Decimal:
    return sum((line.cost for line in lines), Decimal(0))


def received(lines: list[PurchaseLine]) -> Decimal:
    """What has arrived, at the ordered prices: the invoice should say the same."""
    return sum((line.qty_received * line.unit_cost for line in lines), Decimal(0))


def overdue(user: Any) -> list[QuerySet]:
    """Purchase orders whose day has passed; the rail counts them."""
    return [PurchaseOrder.objects.visible_to(user).overdue(business_date())]


def timeline(purchase: PurchaseOrder) -> list[Said]:
    """What happened to this purchase order, newest first."""
    events = Event.objects.filter(stream=purchase.number).order_by("-seq")[:200]
    return [Said(e.at, e.actor_name, *_said(e)) for e in events]


def _said(event: Event) -> tuple[str, str]:
    p = event.payload
    match event.name.removeprefix("inventory.purchase_"):
        case "drafted":
            return f"wrote it: {plural(p['units'], 'unit')} from {p['supplier']}", ""
        case "edited":
            return f"changed the draft: {plural(p['units'], 'unit')}", ""
        case "sent":
            return f"sent it to {p['supplier']}, for {p['location']}", ""
        case "eta":
            moved = (f"{d['sku']} {_day(d['was'])} → {_day(d['eta'])}" + (" confirmed" if d["confirmed"] else "")
                     for d in p["days"])  # fmt: skip
            return "set the days: " + ", ".join(moved), p.get("reason", "")
        case "cut":
            return f"took off {p['qty']} × {p['skus'][0]}", p["reason"]
        case "part_received" | "received" if "shipped" in p:
            sent = ", ".join(f"{line['qty']} × {line['sku']}" for line in p["lines"])
            return (f"noted that they sent {p['shipped']}: {sent}" if sent else "noted that nothing more comes"), p[
                "reason"
            ]
        case "part_received" | "received":
            got = ", ".join(f"{line['qty']} × {line['sku']}" for line in p["lines"])
            where = " into quarantine" if p["quarantined"] else ""
            return f"booked in {p['receipt']}{where}: {got}", p["reason"]
        case "closed":
            return "closed it" + (f"; {plural(p['missing'], 'unit')} did not come" if p["missing"] else ""), p["reason"]
        case "cancelled":
            return "cancelled it", p["reason"]
    return event.name, ""


def _day(text: str) -> str:
    return moment(date.fromisoformat(text)) if text else "no day"
