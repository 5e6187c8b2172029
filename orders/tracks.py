"""The two ways of an order, kept apart: the money's and the goods'. Pure: reads the order's own columns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oms.kernel.money import format_money
from oms.kernel.plural import plural
from oms.ui.states import look
from orders.rules import payment_gate_met
from orders.states import FulfilmentStatus, PaymentStatus

P, F = PaymentStatus, FulfilmentStatus
AHEAD = {"pay": "p-unpaid", "ful": "f-confirmed"}  # the empty shape: not there yet


@dataclass(frozen=True)
class Step:
    """One stop of a track; `place` is past, now or empty for what is to come."""

    label: str
    glyph: str
    place: str
    tone: str = ""
    at: datetime | None = None
    note: str = ""


def payment_track(order: Any) -> list[Step]:
    """How the order began, what was received, and where the money stands now."""
    status, paid = order.payment_status, order.paid_total
    money = lambda amount: format_money(amount, order.currency)  # noqa: E731
    start = {"cod": P.COD, "credit": P.ON_CREDIT}.get(order.payment_terms, P.UNPAID)
    steps = [] if status == start else [_stop("payment", start, "past", at=order.placed_at)]
    if paid > 0 and status not in (P.PAID, P.PARTIALLY_PAID):
        reached = P.PAID if paid >= order.amount_due else P.PARTIALLY_PAID
        steps.append(_stop("payment", reached, "past", note=f"{money(paid)} received"))
    steps.append(_stop("payment", status, "now", note=_standing(order, money)))
    if order.balance_due > 0 and status not in (P.REFUNDED, P.PARTIALLY_REFUNDED, P.DISPUTED):
        before = " before work starts" if payment_gate_met(order) else ""
        steps.append(Step("Paid", AHEAD["pay"], "", note=f"{money(order.balance_due)} due{before}"))
    return steps


def _standing(order: Any, money: Any) -> str:
    told = {
        P.VERIFICATION_PENDING: (order.verifying_total, "to verify"),
        P.AUTHORIZED: (order.authorized_total, "blocked on the card"),
        P.COD: (order.cod_outstanding, "to collect"),
        P.OVERPAID: (-order.balance_due, "too much"),
        P.PARTIALLY_REFUNDED: (order.refunded_total, "given back"),
        P.REFUNDED: (order.refunded_total, "given back"),
        P.DISPUTED: (order.disputed_total, "disputed"),
    }
    amount, words = told.get(order.payment_status, (order.paid_total, f"of {money(order.amount_due)} received"))
    return f"{money(amount)} {words}"


def fulfilment_track(order: Any) -> list[Step]:
    """The way of the goods: what is behind, the last stop reached, and what is to come."""
    status = order.fulfilment_status
    stops = _stops(order)
    now = _reached(order, status, stops)
    behind = [stop for stop in stops[: now + 1] if stop.at]
    here = _here(order, status)
    if here is None:
        here = behind.pop()
        here = Step(
            here.label, here.glyph, "now", look("fulfilment", status)[1].tone if now > 2 else "", here.at, here.note
        )
    if status in (F.CANCELLED, F.RETURNING, F.RETURNED_TO_ORIGIN, F.LOST):
        return [*behind, here]
    ahead = [Step(s.label, AHEAD["ful"], "", note=_to_come(order, s.label)) for s in stops[now + 1 :]]
    return [*behind, here, *ahead]


def _stops(order: Any) -> list[Step]:
    marks = (
        ("Placed", "f-new", order.placed_at), ("Confirmed", "f-confirmed", order.confirmed_at),
        ("Released", "f-ready", order.released_at), ("Dispatched", "f-dispatched", order.dispatched_at),
        ("Delivered", "f-delivered", order.delivered_at),
    )  # fmt: skip
    return [Step(label, glyph, "past", at=at) for label, glyph, at in marks]


def _reached(order: Any, status: str, stops: list[Step]) -> int:
    """The last main stop that is behind or under the order; a part of the goods does not reach a stop."""
    if status == F.DELIVERED:
        return 4
    if status in (F.DISPATCHED, F.PARTIALLY_DELIVERED, F.RETURNING, F.RETURNED_TO_ORIGIN, F.LOST):
        return 3
    return max(i for i, stop in enumerate(stops[:3]) if stop.at)


def _awaited(order: Any) -> str:
    """What is not there yet: too little stock, or what a supplier is to send."""
    if order.qty_backordered or not order.supplier_units:
        return f"Short {order.qty_backordered} of {order.qty_ordered}"
    return f"{order.supplier_units} of {plural(order.qty_ordered, 'unit')} from the supplier"


def _here(order: Any, status: str) -> Step | None:
    """Where the goods stand when it is between two main stops."""
    out = f"{order.qty_dispatched} of {plural(order.qty_ordered - order.qty_cancelled, 'unit')}"
    notes = {
        F.AWAITING_STOCK: _awaited(order),
        F.PARTIALLY_ALLOCATED: f"{order.qty_allocated} of {plural(order.qty_ordered, 'unit')}",
        F.PICKING: f"{order.qty_picked} of {plural(order.qty_allocated, 'unit')}",
        F.PACKED: plural(order.qty_packed, "unit"),
        F.PARTIALLY_DISPATCHED: out,
        F.PARTIALLY_DELIVERED: f"{order.qty_delivered} of {plural(order.qty_ordered - order.qty_cancelled, 'unit')}",
        F.RETURNING: plural(order.qty_returning, "unit"), F.RETURNED_TO_ORIGIN: plural(order.qty_rto, "unit"),
        F.LOST: plural(order.qty_written_off, "unit"),
    }  # fmt: skip
    if status == F.CANCELLED:
        return _stop("fulfilment", status, "now", at=order.cancelled_at)
    return _stop("fulfilment", status, "now", note=notes[status]) if status in notes else None


def _to_come(order: Any, label: str) -> str:
    if label != "Dispatched":
        return ""
    to_go = order.qty_ordered - order.qty_cancelled - order.qty_dispatched
    return f"{to_go} unit{'' if to_go == 1 else 's'} to go"


def _stop(track: str, code: str, place: str, **more: Any) -> Step:
    _, seen = look(track, code)
    return Step(seen.word, seen.glyph, place, seen.tone if place == "now" else "", **more)
