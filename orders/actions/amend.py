"""Write down a change of a placed order. The order itself stays as it is until the document is applied."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from inventory.models import Product
from oms.events.publish import publish_move
from oms.kernel.actors import as_actor
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refusal, Refused
from oms.kernel.lifecycle import require
from oms.kernel.money import quantize
from oms.kernel.numbers import next_number
from orders.amending import rules
from orders.amending.change import Change, kinds, wanted
from orders.locks import lines_of, lock_amendment, lock_order
from orders.models import Amendment, AmendmentChange, ChangeKind, Order, OrderAddress, OrderLine
from orders.models.amendment import ON_A_LINE
from orders.policies import may_move
from orders.pricing.lists import Buyer, prices_for

MOST = 1000
OF_MONEY = {ChangeKind.PRICE, ChangeKind.DISCOUNT, ChangeKind.SHIPPING}


@transaction.atomic
def draft_amendment(
    number: str, changes: Sequence[Change], *, reason: str, actor: Any, message: str = "", seen: int | None = None
) -> Amendment:
    """Keep `changes` of order `number` as a draft; `seen` is the order's version that its author looked at.

    What is as wanted already is left out. Refuses a draft without changes or reason, lines that are not there, SKUs
    nobody sells, and whatever could not be applied now.
    """
    order = lock_order(number)
    if not reason.strip():
        raise Refused("reason_missing", "Say why the order changes; the customer may ask.")
    lines = {line.pk: line for line in lines_of(order)}
    rows = [row for change in changes[:MOST] if (row := _row(order, lines, change))]
    if not rows:
        raise Refused(
            "nothing_changed", "Nothing is different yet: change a quantity, a price, the address or the day."
        )
    who = as_actor(actor)
    amendment = Amendment(
        number=next_number("orders_amendment_number_seq", "AM"), order=order, base_version=seen or order.version,
        reason=reason.strip()[:300],
        message=message.strip()[:4000], author_id=who.user_id, author_name=who.name[:80], created_at=now(),
    )  # fmt: skip
    amendment.save()
    for row in rows:
        row.amendment = amendment
        row.save()
    if closed := rules.refusals(order, lines, wanted(amendment)):
        raise Refused.because(closed)
    publish_move(
        "orders.amendment_drafted", subject=amendment.number, actor=actor, stream=number, machine="amendment",
        move="create", source="", target=amendment.status, reason=amendment.reason,
    )  # fmt: skip
    return amendment


@transaction.atomic
def withdraw_amendment(number: str, *, actor: Any, note: str = "") -> Amendment:
    """Give up a document that was not applied; the order never noticed it."""
    _, amendment = lock_amendment(number)
    decline(amendment, actor=actor, note=note or "Withdrawn")
    return amendment


@transaction.atomic
def set_message(number: str, *, message: str, actor: Any) -> Amendment:
    """Keep what the customer will be told when the document is applied; empty tells nobody."""
    _, amendment = lock_amendment(number)
    if not amendment.is_live:
        raise Refused("amendment_over", f"{number} is {amendment.get_status_display().lower()} already.")
    amendment.message = message.replace("\x00", "").strip()[:4000]
    amendment.save(update_fields=["message"])
    return amendment


def decline(amendment: Amendment, *, actor: Any, note: str) -> None:
    """End a document of a locked order without applying it."""
    require(amendment, "decline")
    source, who = amendment.status, as_actor(actor)
    amendment.decline()
    amendment.decided_by_id, amendment.decided_at, amendment.decision_note = who.user_id, now(), note.strip()[:300]
    amendment.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])
    publish_move(
        "orders.amendment_declined", subject=amendment.number, actor=actor, stream=amendment.order.number,
        machine="amendment", move="decline", source=source, target=amendment.status, reason=amendment.decision_note,
    )  # fmt: skip


def may_price(user: Any, changes: Sequence[Change]) -> Refusal | None:
    """Money given away is another right than changing what is sent."""
    touched = kinds(changes) & OF_MONEY
    return may_move(user, "order", "amend_price") if touched else None


def _row(order: Order, lines: dict[int, OrderLine], change: Change) -> AmendmentChange | None:
    """The change as a row, or None when the order is so already."""
    if change.kind not in ChangeKind.values:
        raise Refused("change_unknown", f"There is no change called “{change.kind[:40]}”.")
    if change.kind in ON_A_LINE:
        return _line_row(order, lines, change)
    if change.kind == ChangeKind.ADD:
        return _added_row(order, change)
    now_there: Any = {
        ChangeKind.ADDRESS: _address_now(order, change.place), ChangeKind.DATE: order.promised_at,
        ChangeKind.SHIPPING: order.shipping_total,
    }[ChangeKind(change.kind)]  # fmt: skip
    asked: Any = {
        ChangeKind.ADDRESS: change.address, ChangeKind.DATE: change.moment, ChangeKind.SHIPPING: change.amount,
    }[ChangeKind(change.kind)]  # fmt: skip
    if asked == now_there:
        return None
    if asked is None or asked == {}:
        raise Refused("change_empty", f"{ChangeKind(change.kind).label}: enter what it should be.")
    if change.kind == ChangeKind.SHIPPING:
        return AmendmentChange(kind=change.kind, amount=_coins(order, change.amount, "shipping charge"))
    place = change.place if change.kind == ChangeKind.ADDRESS else None
    return AmendmentChange(kind=change.kind, address=change.address, moment=change.moment, place=place)


def _line_row(order: Order, lines: dict[int, OrderLine], change: Change) -> AmendmentChange | None:
    line = lines.get(change.line_id or 0)
    if line is None:
        raise Refused("line_not_found", f"That line is not on {order.number}.")
    if change.kind == ChangeKind.SHIP_TO:
        return _sent_row(order, line, change)
    if change.kind in (ChangeKind.QUANTITY, ChangeKind.REMOVE):
        qty = 0 if change.kind == ChangeKind.REMOVE else change.qty
        if qty is None or not 0 <= qty <= 1_000_000:
            raise Refused("qty_impossible", f"{line.sku}: enter a whole number of units between 0 and 1,000,000.")
        live = line.qty_ordered - line.qty_cancelled
        kind = ChangeKind.QUANTITY if qty else ChangeKind.REMOVE
        return None if qty == live else AmendmentChange(kind=kind, line=line, qty=qty)
    old = line.unit_price if change.kind == ChangeKind.PRICE else line.discount
    fine = change.kind == ChangeKind.PRICE  # a unit price may be a fraction of a coin
    amount = _coins(order, change.amount, ChangeKind(change.kind).label.lower(), fine=fine)
    return None if amount == old else AmendmentChange(kind=change.kind, line=line, amount=amount)


def _address_now(order: Order, place: int | None) -> dict[str, Any]:
    if not place:
        return order.ship_to
    row = OrderAddress.objects.filter(order=order, position=place).first()
    if row is None:
        raise Refused("address_not_found", f"{order.number} has no address {place}.")
    return row.address


def _sent_row(order: Order, line: OrderLine, change: Change) -> AmendmentChange | None:
    """Units to another address; all that can go unless it says how many. The order's own address is an empty one."""
    there = line.ship_to.address if line.ship_to else {}
    address = {} if change.address == order.ship_to else change.address
    if address == there:
        return None
    qty = line.qty_cancellable if change.qty is None else change.qty
    return AmendmentChange(kind=change.kind, line=line, qty=min(max(qty, 0), 1_000_000), address=address)


def _added_row(order: Order, change: Change) -> AmendmentChange:
    sku = change.sku.replace("\x00", "").strip()
    product = Product.objects.filter(sku=sku).first() or Product.objects.filter(sku__iexact=sku).first()
    if product is None:
        raise Refused("sku_unknown", f"There is no product “{sku[:40]}”. Search for it in Stock.")
    if not product.is_active:
        raise Refused("sku_retired", f"{product.sku} is not sold any more.")
    if change.qty is None or not 1 <= change.qty <= 1_000_000:
        raise Refused("qty_impossible", f"{product.sku}: how many units are added? Enter a whole number from 1.")
    price = _own_price(order, product, change.qty) if change.amount is None else change.amount
    if price is None:
        raise Refused("price_missing", f"{product.sku} has no price in {order.currency}; enter one.")
    discount = _coins(order, change.discount, "discount")
    if discount > change.qty * price:
        raise Refused("discount_too_large", f"{product.sku}: the discount is more than the line is worth.")
    return AmendmentChange(
        kind=ChangeKind.ADD, product=product, qty=change.qty, amount=_coins(order, price, "price", fine=True), discount=discount
    )  # fmt: skip


def _own_price(order: Order, product: Product, qty: int) -> Decimal | None:
    """The price agreed with the buyer for this quantity, else the product's own when it is in the order's currency."""
    buyer = Buyer.of(order.customer, order.channel_id, order.currency)
    if agreed := prices_for(buyer, [(product.pk, qty)], on=business_date()).get(product.pk):
        return agreed.unit_price
    return product.price if product.currency == order.currency else None


def _coins(order: Order, amount: Decimal | None, what: str, *, fine: bool = False) -> Decimal:
    if amount is None or not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 11:
        raise Refused("amount_impossible", f"Enter the {what} as a number from 0, like 249.50.")
    if amount != (amount.quantize(Decimal("0.0001")) if fine else quantize(amount, order.currency)):
        raise Refused("amount_too_fine", f"{order.currency} has no coin that small; check the {what}.")
    return amount
