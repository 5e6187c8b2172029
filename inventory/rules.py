"""Questions about supply and stocktakes: a loaded row in, None or a Refusal out. No queries, no writes."""

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


def something_counted(stocktake: Any) -> Refusal | None:
    if not stocktake.qty_counted:
        return Refusal(
            "nothing_counted", "Nothing is counted yet. Count at least one SKU, or throw the stocktake away."
        )
    return None


def nothing_settled(stocktake: Any) -> Refusal | None:
    if stocktake.qty_settled:
        return Refusal(
            "partly_posted", "A part of it is posted. Leave the rest uncounted and post it; it ends with that."
        )
    return None
