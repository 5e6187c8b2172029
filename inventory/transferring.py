"""Page-shaped reads of transfers: where one stands, what each person may do with it, what happened."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from inventory.models import Location, Transfer
from inventory.purchasing import Answer, Offer, Said
from inventory.states import COMING, TransferStatus
from oms.access.roles import Team
from oms.events.models import Event
from oms.kernel.clock import business_date
from oms.kernel.errors import Refusal
from oms.kernel.lifecycle import refusals
from oms.kernel.plural import are, plural
from oms.ui.words import moment

T = TransferStatus


def load_transfer(user: Any, number: str) -> Transfer | None:
    """The transfer with everything its page shows, or None when this person may not see it."""
    return (
        Transfer.objects.visible_to(user)
        .select_related("source", "location")
        .prefetch_related("lines__product", "receipts__scans")
        .filter(number=number)
        .first()
    )


def answer(transfer: Transfer) -> Answer:
    coming = transfer.status in COMING
    units = sum(line.qty_open for line in transfer.lines.all()) if coming else 0
    late = coming and transfer.eta < business_date()
    here, there, team = transfer.source.name, transfer.location.name, Team.WAREHOUSE.label
    match transfer.status:
        case T.DRAFT:
            why, then = f"Nothing has left {here} yet", f"Put the units on the road at {here}, and send it"
        case T.SENT | T.PART_RECEIVED if late:
            why, then = (
                f"{plural(units, 'unit')} {are(units)} overdue",
                f"Ask {here} where they are; set a new day or close it short",
            )
        case T.SENT | T.PART_RECEIVED:
            why, then = f"{plural(units, 'unit')} on the road", f"Receive them at {there}"
        case T.RECEIVED:
            why, then, team = "Everything has arrived", "Nothing to do", ""
        case _:
            why, then, team = transfer.end_reason or "It has ended", "Nothing to do", ""
    eta = transfer.eta if coming or transfer.status == T.DRAFT else None
    return Answer(why, then, team, transfer.status_since, eta, late)


def offers(transfer: Transfer, user: Any) -> dict[str, Offer]:
    """The moves of the page by name: the state is asked first, then the person, then where the person works."""
    asked = (
        ("send", "Send", transfer.source),
        ("receive_part", "Receive", transfer.location),
        ("recall", "Recall", transfer.source),
        ("close", "Close short", transfer.location),
        ("cancel", "Cancel", transfer.source),
    )
    return {move: Offer(label, _closed(transfer, user, move, place)) for move, label, place in asked}


def _closed(transfer: Transfer, user: Any, move: str, place: Location) -> str:
    if closed := refusals(transfer, move):
        return " ".join(r.message for r in closed)
    if not user.can("inventory.adjust"):
        return "Your role does not do this; the warehouse does."
    elsewhere = only_at(place, user)
    return elsewhere.message if elsewhere else ""


def only_at(place: Location, user: Any) -> Refusal | None:
    """Who works elsewhere may look, but the hands are those of the place itself."""
    if user.location_codes and place.code not in user.location_codes:
        return Refusal("other_place", f"Only people of {place.name} do this.")
    return None


def overdue(user: Any) -> list[QuerySet]:
    """Transfers whose day has passed; the rail counts them."""
    return [Transfer.objects.visible_to(user).overdue(business_date())]


def timeline(transfer: Transfer) -> list[Said]:
    """What happened to this transfer, newest first."""
    events = Event.objects.filter(stream=transfer.number).order_by("-seq")[:200]
    return [Said(e.at, e.actor_name, *_said(e)) for e in events]


def _said(event: Event) -> tuple[str, str]:
    p = event.payload
    match event.name.removeprefix("inventory.transfer_"):
        case "drafted":
            return f"wrote it: {plural(p['units'], 'unit')} from {p['here']} to {p['there']}", ""
        case "edited":
            return f"changed the draft: {plural(p['units'], 'unit')}", ""
        case "sent":
            return f"sent it from {p['here']} to {p['there']}", ""
        case "eta":
            return f"moved the day: {_day(p['was'])} → {_day(p['eta'])}", p["reason"]
        case "part_received" | "received":
            return _booked(p), p["reason"]
        case "closed":
            first = f"{_booked(p)}; " if p["lines"] else ""
            return f"{first}closed it short: {plural(p['lost'], 'unit')} lost", p["reason"]
        case "recalled":
            return f"recalled it before it left: {plural(p['units'], 'unit')}", p["reason"]
        case "cancelled":
            return "cancelled it", p["reason"]
    return event.name, ""


def _booked(p: dict[str, Any]) -> str:
    where = " into quarantine" if p["quarantined"] else ""
    return f"booked in {p['receipt']}{where}: " + ", ".join(f"{x['qty']} × {x['sku']}" for x in p["lines"])


def _day(text: str) -> str:
    return moment(date.fromisoformat(text))
