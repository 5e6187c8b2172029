"""Events of a return in words for people, made from their payloads (which are data, never markup)."""

from decimal import Decimal

from oms.events.models import Event
from oms.kernel.money import format_money
from returns.models import Condition, Disposition

PLAIN = {
    "returns.requested": ("asked for this return", "plus"),
    "returns.approved": ("approved it", "check"),
    "returns.declined": ("declined it", "x"),
    "returns.awaiting_item": ("The parcel is expected", "clock"),
    "returns.item_waived": ("settles it without the goods", "check"),
    "returns.in_transit": ("The parcel is on its way", "truck"),
    "returns.part_received": ("received a part", "pack"),
    "returns.received": ("received the parcel", "pack"),
    "returns.inspected": ("finished the inspection", "check"),
    "returns.quarantine_cleared": ("cleared units from quarantine", "check"),
    "returns.resolved": ("settled the return", "coins"),
    "returns.closed": ("closed the file", "check"),
    "returns.cancelled": ("cancelled the return", "x"),
    "returns.expired": ("The parcel never came; the return lapsed", "clock"),
    "returns.reopened": ("opened it again", "ret"),
}


def said(event: Event) -> tuple[str, str, str]:
    """Sentence, detail and icon for `event`."""
    text, icon = PLAIN.get(event.name, (event.name, "history"))
    return text, _detail(event.name, event.payload), icon


def _detail(name: str, p: dict) -> str:
    match name:
        case "returns.requested":
            return f"{_units(p)}. {p.get('reason', '')}. {p.get('note', '')}".strip(" .")
        case "returns.part_received" | "returns.received":
            missing = f", {p['missing']} still missing" if p.get("missing") else ""
            if p.get("at_supplier"):
                return f"{_units(p)} back at {p.get('place', '')}, who had sent it{missing}"
            return f"{_units(p)} into quarantine at {p.get('place') or p.get('location', '')}{missing}"
        case "returns.inspected":
            return "; ".join(_found(found) for found in p.get("found", []))
        case "returns.quarantine_cleared":
            return f"{p.get('qty')} × {p.get('sku')}: {_label(Disposition, p.get('goes_to', ''))}"
        case "returns.resolved":
            return f"Refund {format_money(Decimal(p['amount']), p['currency'])}. {p.get('note', '')}".strip()
        case "returns.in_transit":
            return " ".join(filter(None, (p.get("carrier"), p.get("tracking"))))
    return p.get("reason") or p.get("note") or ""


def _units(p: dict) -> str:
    return ", ".join(f"{line['qty']} × {line['sku']}" for line in p.get("lines", []))


def _found(found: dict) -> str:
    condition, goes_to = _label(Condition, found["condition"]), _label(Disposition, found["goes_to"])
    return f"{found['qty']} × {found['sku']}: {condition}, {goes_to.lower()}"


def _label(choices, value: str) -> str:
    return choices(value).label if value in choices.values else str(value)
