"""Change the day a supplier brings the goods: what customers were promised hangs on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from inventory.actions._supply import say_changed
from inventory.locks import lock_purchase
from inventory.models import PurchaseLine, PurchaseOrder
from inventory.states import COMING
from oms.kernel.errors import Refused


@dataclass(frozen=True)
class Expected:
    """The day a line is expected, and whether the supplier has confirmed it."""

    eta: date | None
    is_confirmed: bool


@transaction.atomic
def set_etas(number: str, days: Mapping[int, Expected], *, actor: Any, reason: str = "") -> list[PurchaseLine]:
    """Set the days of open lines {line id: Expected}; returns the lines that changed, and says each move of a day."""
    purchase = lock_purchase(number)
    if purchase.status not in COMING:
        raise Refused("nothing_coming", f"{number} is {purchase.status_label.lower()}: nothing of it is coming.")
    changed = []
    for line in purchase.lines.filter(pk__in=list(days)).select_related("product"):
        was, new = (line.eta, line.is_confirmed), days[line.pk]
        if new.eta is None:
            raise Refused("eta_missing", f"{line.product.sku}: enter the day it is expected.")
        if was == (new.eta, new.is_confirmed) or not line.qty_open:
            continue
        line.eta, line.is_confirmed = new.eta, new.is_confirmed
        line.save(update_fields=["eta", "is_confirmed"])
        changed.append((line, was[0]))
    if changed:
        _say(purchase, changed, actor, reason)
    return [line for line, _ in changed]


def _say(purchase: PurchaseOrder, changed: list[tuple[PurchaseLine, date | None]], actor: Any, reason: str) -> None:
    say_changed(
        purchase, "inventory.purchase_eta", actor=actor, reason=reason.strip()[:200],
        skus=sorted({line.product.sku for line, _ in changed}),
        days=[
            {"sku": line.product.sku, "was": was.isoformat() if was else "", "eta": line.eta.isoformat(),
             "confirmed": line.is_confirmed}
            for line, was in changed if line.eta
        ],
    )  # fmt: skip
