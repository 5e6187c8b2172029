"""Release a part of a blanket order: an ordinary order at the agreed prices, never beyond what is open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refusal, Refused
from oms.ui.words import moment
from orders.actions._blanket import lock_blanket
from orders.actions.capture import capture_orders
from orders.channels.draft import LineDraft, OrderDraft
from orders.models import BlanketOrder, Order
from orders.standing.agreed import Agreed, agreed_lines
from orders.standing.contents import address


@transaction.atomic
def release_blanket(
    number: str, quantities: Mapping[int, int], *, key: str, actor: Any, ship_to: dict[str, str] | None = None,
    promised_at: datetime | None = None, customer_note: str = "",
) -> Order:  # fmt: skip
    """Place an order for `quantities` {product id: units} of the agreement, to `ship_to` or the agreed address.

    The same `key` a second time answers with the order it made. Refuses a closed agreement, a day outside its days,
    a product that is not part of it, and more than is open. The agreement's lock is held until the order is stored, so
    that two releases never take the same units.
    """
    blanket = lock_blanket(number)
    external_id = f"{number}/{key}"
    if made := Order.objects.filter(channel=blanket.channel, external_id=external_id).first():
        return made
    lines = agreed_lines(blanket)
    asked = {product: qty for product, qty in quantities.items() if qty}
    if found := [*_closed(blanket), *_beyond(blanket, lines, asked)]:
        raise Refused.because(found)
    draft = _draft(blanket, [(a, asked[a.line.product_id]) for a in lines if asked.get(a.line.product_id)], external_id,
                   ship_to=ship_to, promised_at=promised_at, note=customer_note)  # fmt: skip
    answer = capture_orders([draft], channel=blanket.channel, actor=actor)[0]
    if answer.refusals:
        raise Refused.because(answer.refusals)
    publish("blanket.released", subject=number, actor=actor, label=answer.number, order=answer.number)
    return Order.objects.get(number=answer.number)


def _closed(blanket: BlanketOrder) -> list[Refusal]:
    today = business_date()
    if blanket.status != "open":
        return [Refusal("closed", f"{blanket.number} is closed; open it again first.")]
    if today < blanket.starts_on:
        return [Refusal("not_yet", f"{blanket.number} holds from {moment(blanket.starts_on)} on.")]
    if blanket.is_over:
        return [
            Refusal("over", f"{blanket.number} ended on {moment(blanket.ends_on)}; agree on a later last day first.")
        ]
    if not blanket.channel.is_active:
        return [Refusal("channel_off", f"{blanket.channel.name} takes no orders any more.")]
    return []


def _beyond(blanket: BlanketOrder, lines: list[Agreed], asked: Mapping[int, int]) -> list[Refusal]:
    known = {a.line.product_id: a for a in lines}
    if not asked:
        return [Refusal("nothing_asked", "Write how many units of which product to release.")]
    found = []
    for product, qty in asked.items():
        a = known.get(product)
        if a is None:
            found.append(Refusal("not_agreed", f"That product is not part of {blanket.number}."))
        elif qty < 0 or qty > a.open:
            found.append(
                Refusal("beyond_open", f"{a.line.product.sku}: {max(a.open, 0)} of {a.line.qty} are open, not {qty}.",
                        {"product": product})
            )  # fmt: skip
    return found


def _draft(
    blanket: BlanketOrder, lines: list[tuple[Agreed, int]], external_id: str, *, ship_to: dict[str, str] | None,
    promised_at: datetime | None, note: str,
) -> OrderDraft:  # fmt: skip
    customer, channel = blanket.customer, blanket.channel
    extra = {"blanket": blanket.number}
    return OrderDraft(
        external_id=external_id, placed_at=now(), currency=channel.currency, customer_name=customer.name,
        company=customer.company, email=customer.email, phone=customer.phone,
        ship_to=address(blanket.ship_to if ship_to is None else ship_to),
        lines=tuple(LineDraft(a.line.product.sku, a.line.product.name, qty, a.line.unit_price) for a, qty in lines),
        payment_terms=blanket.payment_terms, customer_po=blanket.customer_po, note=note or blanket.note,
        promised_at=promised_at, extra=extra, buyer_key=customer.match_key,
    )  # fmt: skip
