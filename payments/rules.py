"""Questions about one payment or refund: a loaded row in, None or a Refusal out. No queries, no writes."""

from oms.kernel.errors import Refusal
from oms.kernel.money import format_money


def no_refund_pending(payment) -> Refusal | None:
    if payment.pending_refund_amount > 0:
        sum_ = format_money(payment.pending_refund_amount, payment.currency)
        return Refusal("refund_pending", f"A refund of {sum_} is under way; finish or decline it first.")
    return None


def is_cod(payment) -> Refusal | None:
    if payment.method != "cod":
        return Refusal("not_cod", "Only cash on delivery is left to the courier.")
    return None


def not_cod(payment) -> Refusal | None:
    if payment.method == "cod":
        return Refusal("cod_by_courier", "The courier brings this cash; it counts when its remittance is matched.")
    return None


def something_refunded(payment) -> Refusal | None:
    if payment.refunded_amount <= 0:
        return Refusal("nothing_refunded", "Nothing of it was refunded.")
    return None


def nothing_refunded(payment) -> Refusal | None:
    if payment.refunded_amount > 0:
        sum_ = format_money(payment.refunded_amount, payment.currency)
        return Refusal("partly_refunded", f"{sum_} of it was refunded already.")
    return None


def has_reference(refund) -> Refusal | None:
    if not refund.reference.strip():
        return Refusal("reference_missing", "Enter the bank's or gateway's reference of the refund.")
    return None
