"""Whether a bill goes elsewhere than the goods: many sources repeat the delivery address as the billing address."""

from collections.abc import Mapping
from typing import Any

PLACE = ("name", "line1", "line2", "city", "state", "postal_code", "country")


def bills_elsewhere(bill_to: Mapping[str, Any], ship_to: Mapping[str, Any]) -> bool:
    """Whether the billing address names another person or place than the delivery address; an empty one names none."""
    return any(_plain(bill_to[name]) != _plain(ship_to.get(name, "")) for name in PLACE if bill_to.get(name))


def moved_along(bill_to: Mapping[str, Any], ship_to: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The billing address after the delivery address became `now`: a repeated one repeats it still, another one is dropped."""
    if not bill_to or bills_elsewhere(bill_to, ship_to):
        return {}
    place = {name: now.get(name, "") for name in PLACE if name != "name" or bill_to.get("name")}
    return {name: value for name, value in {**bill_to, **_changed(ship_to, place)}.items() if value}


def _changed(before: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    """What is not as before; the rest stays as the source wrote it."""
    return {name: value for name, value in place.items() if value != before.get(name, "")}


def _plain(text: Any) -> str:
    return " ".join(str(text).lower().split())
