"""The three derived axes and the stage, as pure functions of an order's stored facts (DOMAIN: axes, stage)."""

from orders.rules import payment_gate_met
from orders.states import OPEN_STATUSES, FulfilmentStatus, OrderStatus, PaymentStatus, ReturnStatus, StageKey

P, F, R, K = PaymentStatus, FulfilmentStatus, ReturnStatus, StageKey


def payment_status(o) -> str:
    """First match wins. A COD order is never "paid" before its remittance is captured."""
    net, due = o.paid_total - o.refunded_total, o.amount_due
    if o.disputed_total > 0:
        return P.DISPUTED
    if o.refunded_total > 0:
        return P.REFUNDED if o.refunded_total >= o.paid_total else P.PARTIALLY_REFUNDED
    if net > due and net > 0:
        return P.OVERPAID
    if net >= due and (net > 0 or o.total == 0):
        return P.PAID
    if due == 0 and o.verifying_total == 0:  # cancelled before a payment: nothing was paid, nothing is owed
        return P.UNPAID
    if o.verifying_total > 0:
        return P.VERIFICATION_PENDING
    if o.cod_outstanding > 0 or (o.payment_terms == "cod" and net == 0):
        return P.COD
    if net > 0:
        return P.PARTIALLY_PAID
    if o.authorized_total > 0:
        return P.AUTHORIZED
    if o.payment_terms == "credit":
        return P.ON_CREDIT
    return P.FAILED if o.has_failed_payment else P.UNPAID


def fulfilment_status(o) -> str:
    """Where the goods are, from quantities alone."""
    live = o.qty_ordered - o.qty_cancelled
    if o.status == OrderStatus.CANCELLED or (live == 0 and o.qty_ordered > 0):
        return F.CANCELLED
    if o.qty_returning > 0:
        return F.RETURNING
    if o.qty_dispatched > 0:
        return _after_dispatch(o, live)
    if o.qty_packed > 0 and o.qty_packed >= o.qty_allocated - o.supplier_units:
        return F.PACKED
    if o.is_picking or o.qty_picked > 0:
        return F.PICKING
    if o.qty_allocated > o.supplier_units:
        return F.ALLOCATED if o.qty_allocated >= live else F.PARTIALLY_ALLOCATED
    if o.qty_backordered > 0 or o.supplier_units > 0:
        return F.AWAITING_STOCK
    return F.UNALLOCATED


def _after_dispatch(o, live: int) -> str:
    ended = o.qty_delivered + o.qty_rto + o.qty_written_off
    if ended >= live:
        if o.qty_delivered > 0:
            return F.DELIVERED
        return F.RETURNED_TO_ORIGIN if o.qty_rto > 0 else F.LOST
    if o.qty_delivered > 0:
        return F.PARTIALLY_DELIVERED
    return F.DISPATCHED if o.qty_dispatched >= live else F.PARTIALLY_DISPATCHED


def return_status(o) -> str:
    if o.open_returns > 0:
        return R.REQUESTED if o.requested_returns >= o.open_returns else R.IN_PROGRESS
    if o.qty_returned > 0:
        return R.RETURNED if o.qty_returned >= o.qty_delivered else R.PARTIALLY_RETURNED
    return R.NONE


STAGE_OF_FULFILMENT = {
    F.DELIVERED: K.DELIVERED,
    F.RETURNED_TO_ORIGIN: K.RETURNED,
    F.LOST: K.LOST,
    F.PARTIALLY_DELIVERED: K.PARTLY_DELIVERED,
    F.RETURNING: K.RETURNING_TO_ORIGIN,
    F.DISPATCHED: K.DISPATCHED,
    F.PARTIALLY_DISPATCHED: K.PARTLY_DISPATCHED,
    F.PACKED: K.PACKED,
    F.PICKING: K.PACKING,
}


def stage(o) -> str:
    """The one word staff use; needs the three axes to be set already. First match wins."""
    if o.status in (OrderStatus.CANCELLED, OrderStatus.CLOSED, OrderStatus.DRAFT):
        return {OrderStatus.CANCELLED: K.CANCELLED, OrderStatus.CLOSED: K.CLOSED}.get(o.status, K.DRAFT)
    if o.open_holds and o.status in OPEN_STATUSES:
        return K.ON_HOLD
    if o.return_status in (R.REQUESTED, R.IN_PROGRESS):
        return K.RETURN_IN_PROGRESS
    if o.return_status == R.RETURNED:
        return K.RETURNED
    if moving := STAGE_OF_FULFILMENT.get(o.fulfilment_status):
        return moving
    if o.status == OrderStatus.NEW:
        return K.NEW
    return _before_work(o)


def _before_work(o) -> str:
    if o.status == OrderStatus.CONFIRMED and payment_gate_met(o):
        return K.PAYMENT_PENDING
    if o.qty_allocated > o.supplier_units:
        return K.READY_TO_PACK
    # What a supplier sends is procurement: nothing of it lies here to be packed.
    return K.AWAITING_STOCK if o.qty_backordered > 0 or o.supplier_units > 0 else K.CONFIRMED
