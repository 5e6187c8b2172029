"""Why a move of warehouse work is closed. Rules read the lines; they write nothing."""

from oms.kernel.errors import Refusal
from oms.kernel.plural import are, plural


def all_picked(fo) -> Refusal | None:
    left = sum(line.qty - line.qty_picked for line in fo.lines.all())
    return (
        Refusal("not_all_picked", f"{plural(left, 'unit')} {are(left)} not picked yet. Pick them or report them short.")
        if left
        else None
    )


def all_packed(fo) -> Refusal | None:
    left = sum(line.qty_picked - line.qty_packed for line in fo.lines.all())
    return (
        Refusal("not_all_packed", f"{plural(left, 'unit')} {are(left)} not packed yet. Scan them first.")
        if left
        else None
    )


def nothing_in_the_parcel(fo) -> Refusal | None:
    packed = sum(line.qty_packed for line in fo.lines.all())
    return (
        Refusal("in_the_parcel", f"{plural(packed, 'unit')} {are(packed)} in the parcel already. Take them out first.")
        if packed
        else None
    )


def something_packed(fo) -> Refusal | None:
    if any(line.qty_packed > line.qty_dispatched for line in fo.lines.all()):
        return None
    return Refusal("nothing_packed", f"Nothing of {fo.number} is packed and waiting to leave.")


def supplier_was_told(fo) -> Refusal | None:
    if fo.is_told:
        return None
    return Refusal("supplier_not_told", f"Nobody asked the supplier for {fo.number} yet. Send the order first.")


def supplier_lets_go(fo) -> Refusal | None:
    """What a supplier was asked to send may leave them any minute: it ends when they say that they stopped."""
    if fo.status != "with_supplier" or not fo.is_told:
        return None
    who = f"{fo.purchase.supplier.name} was asked to send {fo.number} ({fo.purchase.number})"
    if fo.stop_asked_at:
        return Refusal("supplier_answers", f"{who} and has not said yet that they stopped. Note their answer first.")
    return Refusal("supplier_told", f"{who}. Ask them to stop first, on the page of {fo.number}.")


def not_sent_again(shipment) -> Refusal | None:
    loss = shipment.claim
    if loss is None or loss.answer != "sent_again":
        return None
    return Refusal(
        "sent_again",
        f"What was in {shipment.number} was sent again. Let the carrier bring it back, and count what comes into the stock.",
    )


def books_open(shipment) -> Refusal | None:
    if shipment.order.status != "closed":
        return None
    return Refusal(
        "order_closed", f"{shipment.order.number} is closed. Reopen its books first, then say what turned up."
    )
