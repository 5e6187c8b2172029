"""Questions about supply: a loaded row in, None or a Refusal out. No queries, no writes."""

from typing import Any

from oms.kernel.errors import Refusal


def has_purchase_lines(purchase: Any) -> Refusal | None:
    if not purchase.qty_lines:
        return Refusal("no_lines", "Add at least one line: a SKU and how many units.")
    return None


def has_lines(transfer: Any) -> Refusal | None:
    if not transfer.qty_lines:
        return Refusal("no_lines", "Add at least one line: a SKU and how many units.")
    return None
