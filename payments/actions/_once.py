"""The same form sent twice, or a provider telling the same fact twice, changes the books once."""

from typing import Any
from uuid import UUID

from oms.kernel.errors import Refused
from oms.kernel.money import format_money
from orders.models import Order
from payments.models import Payment, PaymentEvent, Refund


def sent_before(model: type[Payment] | type[Refund], order: Order, key: UUID | None, **meant: Any) -> Any:
    """What the form with `key` made on a locked order before, or None. Refuses the key with another content."""
    made = model._default_manager.filter(order=order, request_key=key).first() if key else None
    if made is None:
        return None
    if any(getattr(made, name) != value for name, value in meant.items()):
        sum_ = format_money(made.amount, made.currency)
        raise Refused(
            "form_used", f"This form was sent already: it made {made.number} over {sum_}. Open it anew for another."
        )
    return made


def told_before(payment: Payment, source: str, external_id: str) -> bool:
    """Whether provider `source` told this fact already. Refuses its id on another payment."""
    if not external_id:
        return False
    known = PaymentEvent.objects.filter(source=source, external_id=external_id).select_related("payment").first()
    if known and known.payment_id != payment.pk:
        raise Refused("fact_elsewhere", f"{source} told {external_id} of {known.payment.number} already.")
    return known is not None
