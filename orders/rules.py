"""Questions about one order: a loaded row in, None or a Refusal out. No queries, no writes."""

from datetime import timedelta
from decimal import Decimal

from oms.kernel.clock import now
from oms.kernel.errors import Refusal
from oms.kernel.money import format_money
from oms.kernel.plural import plural


def has_lines(order) -> Refusal | None:
    if order.qty_ordered - order.qty_cancelled <= 0:
        return Refusal("no_lines", "The order has no open line; add at least one.")
    return None


def customer_and_address_complete(order) -> Refusal | None:
    if not order.customer_name:
        return Refusal("customer_missing", "Who is it for? Enter the customer's name.")
    if not order.ship_to.get("line1") or not order.ship_to.get("country"):
        return Refusal("address_missing", "The delivery address needs a street and a country.")
    return None


def no_blocking_hold(order) -> Refusal | None:
    if order.open_holds:
        return Refusal("on_hold", f"On hold: {order.hold_summary}. Clear the hold first.")
    return None


def confirmation_basis_met(order) -> Refusal | None:
    if order.confirmation_basis == "payment" and not _gate_met(order):
        return Refusal("needs_payment", "This channel confirms on payment; record the payment first.")
    if order.confirmation_basis == "customer_po" and not order.customer_po:
        return Refusal("needs_customer_po", "This channel confirms on a customer PO; enter its number first.")
    return None


def confirmed_by(order) -> str:
    """What an order that may be confirmed is confirmed on, in words for the timeline (CH-16)."""
    if order.confirmation_basis == "customer_po":
        return f"On the customer's PO {order.customer_po}"
    if order.confirmation_basis == "sales":
        return "On the customer's word to sales"
    if order.confirmation_basis == "manual":
        return "Approved by hand"
    if order.is_gate_waived:
        return "Before payment, by permission"
    if order.payment_terms in ("cod", "credit"):
        return "On cash on delivery" if order.payment_terms == "cod" else "On credit"
    if not gate_amount(order):
        return "No payment is asked before work"
    return f"On payment of {format_money(order.paid_total - order.refunded_total, order.currency)}"


def gate_amount(order) -> Decimal:
    """What must be received before work may start, in the order's currency."""
    return order.amount_due * order.advance_percent / 100


def gate_missing(order) -> Decimal:
    """What of it is not received yet."""
    return gate_amount(order) - (order.paid_total - order.refunded_total)


def _gate_met(order) -> bool:
    if order.payment_terms in ("cod", "credit") or order.is_gate_waived:
        return True
    return gate_missing(order) <= 0


def payment_gate_met(order) -> Refusal | None:
    if _gate_met(order):
        return None
    due = gate_missing(order)
    if order.verifying_total > 0:
        sum_ = format_money(order.verifying_total, order.currency)
        return Refusal("verification_pending", f"{sum_} waits for Finance to verify it.")
    return Refusal("payment_due", f"{format_money(due, order.currency)} must be received before work starts.")


def some_stock_ready(order) -> Refusal | None:
    if order.qty_allocated <= 0:
        short = order.qty_backordered
        return Refusal(
            "no_stock", f"No stock is allocated yet ({short} short)." if short else "No stock is allocated yet."
        )
    return None


def nothing_dispatched(order) -> Refusal | None:
    if order.qty_dispatched:
        return Refusal(
            "already_dispatched",
            f"{plural(order.qty_dispatched, 'unit')} left the warehouse; cancel the remainder or start a return instead.",
        )
    return None


def no_supplier_told(order) -> Refusal | None:
    """What a supplier was asked to send may leave them any minute; only they can stop it."""
    if not order.supplier_told:
        return None
    return Refusal(
        "supplier_told",
        f"A supplier was asked to send {plural(order.supplier_told, 'unit')} ({order.supplier_ref}). Ask them to stop first.",
    )


def everything_settled(order) -> Refusal | None:
    ended = order.qty_delivered + order.qty_rto + order.qty_written_off
    open_qty = order.qty_ordered - order.qty_cancelled - ended
    if open_qty > 0:
        return Refusal("not_all_delivered", f"{plural(open_qty, 'unit')} still to be delivered.")
    return None


def balance_zero(order) -> Refusal | None:
    due = order.balance_due
    if due > 0:
        return Refusal("balance_due", f"{format_money(due, order.currency)} is still to be paid or written off.")
    if due < 0:
        return Refusal("refund_due", f"{format_money(-due, order.currency)} is still to be refunded.")
    return None


def cod_remitted(order) -> Refusal | None:
    if order.cod_outstanding > 0:
        return Refusal(
            "cod_not_remitted", f"{format_money(order.cod_outstanding, order.currency)} of COD is not remitted yet."
        )
    return None


def no_open_return(order) -> Refusal | None:
    if order.open_returns:
        return Refusal(
            "return_open",
            "A return is still open; settle it first."
            if order.open_returns == 1
            else f"{order.open_returns} returns are still open; settle them first.",
        )
    return None


def no_open_loss(order) -> Refusal | None:
    if order.loss_due_at:
        value = format_money(order.loss_value, order.currency)
        return Refusal("loss_open", f"Goods of {value} are lost; send them again or give the money back first.")
    return None


def return_window_over(order) -> Refusal | None:
    """Returns are accepted for `return_window_days` after the last delivery."""
    if order.delivered_at and order.return_window_days:
        ends = order.delivered_at + timedelta(days=order.return_window_days)
        if ends > now():
            return Refusal("return_window_open", f"The return window is open until {ends:%d %b %Y}.")
    return None


def movable_units(order, lines) -> Refusal | None:
    """Whether a person may still say where units of `lines` come from: before confirmation all, afterwards those that wait."""
    if order.is_historical or order.status not in ("new", "confirmed", "processing"):
        return Refusal("not_open", "Nothing of this order is to be sent any more.")
    if order.status == "new" and not any(line.qty_open for line in lines):
        return Refusal("nothing_to_place", "Choose a line with units to send.")
    if order.status != "new" and not any(line.qty_backordered for line in lines):
        return Refusal(
            "at_work",
            "The warehouse works on it. A place that cannot send it says so on its work; what waits then may be placed.",
        )
    return None
