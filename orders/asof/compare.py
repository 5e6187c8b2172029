"""What differs between two standings of one order, in words."""

from dataclasses import dataclass
from typing import Any

from oms.access.models import User
from oms.kernel.money import format_money
from orders.asof.rewind import Standing
from orders.edits import words
from orders.models.line import QTY_COLUMNS
from orders.stagebook import stages

# What people compare: attribute -> label. Choices are shown by their label, money with its currency.
FACTS: dict[str, str] = {
    "status": "Status", "stage": "Stage", "payment_status": "Payment", "fulfilment_status": "Fulfilment",
    "return_status": "Return", "next_text": "Next", "customer_name": "Customer's name", "email": "E-mail",
    "phone": "Phone", "ship_to": "Delivery address", "bill_to": "Billing address", "customer_po": "Customer's PO number",
    "promised_at": "Promised for", "assignee_id": "Assigned to", "priority": "Priority",
    "tags": "Tags",
}  # fmt: skip
MONEY: dict[str, str] = {
    "discount_total": "Discount", "shipping_total": "Shipping", "tax_total": "Tax", "total": "Total",
    "cancelled_total": "Cancelled", "returned_total": "Returned", "amount_due": "Customer owes in all",
    "paid_total": "Paid", "refunded_total": "Refunded", "verifying_total": "Being verified",
    "cod_outstanding": "To collect on delivery", "balance_due": "Open balance",
}  # fmt: skip
LINE_MONEY: dict[str, str] = {"unit_price": "price", "discount": "discount", "tax": "tax", "total": "amount"}


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same: `what`, and how it reads before and after (empty: was not there)."""

    what: str
    before: str
    after: str


def differences(old: Standing, new: Standing) -> list[Difference]:
    """Everything people would notice, in the order of the page: facts, lines, money, holds."""
    found = [Difference(label, fact(old, name), fact(new, name)) for name, label in FACTS.items()]
    found += _lines(old, new)
    found += [Difference(label, money(old, name), money(new, name)) for name, label in MONEY.items()]
    found += _holds(old, new)
    return [d for d in found if d.before != d.after]


def fact(standing: Standing, name: str) -> str:
    """One fact of the order as people read it."""
    order, value = standing.order, getattr(standing.order, name)
    if name == "stage":
        book = stages()
        return book[value].label if value in book else str(value)
    if name == "assignee_id":
        return str(User.objects.filter(pk=value).first() or "") if value else ""
    if hasattr(order, f"get_{name}_display"):
        return str(getattr(order, f"get_{name}_display")())
    return words(value)


def money(standing: Standing, name: str) -> str:
    return format_money(getattr(standing.order, name), standing.order.currency)


def _lines(old: Standing, new: Standing) -> list[Difference]:
    before, after = ({line.pk: line for line in s.lines} for s in (old, new))
    found = []
    for pk in dict.fromkeys((*before, *after)):
        was, now_is = before.get(pk), after.get(pk)
        if was is None or now_is is None:
            there = was or now_is
            text = f"{there.qty_ordered} × {_worth(new, there)}" if there else ""
            found.append(Difference(there.name if there else "", text if was else "", text if now_is else ""))
            continue
        for name in QTY_COLUMNS:
            a, b = getattr(was, name), getattr(now_is, name)
            found.append(Difference(f"{was.name}: {name[4:].replace('_', ' ')}", str(a), str(b)))
        for name, label in LINE_MONEY.items():
            a, b = _price(old, getattr(was, name)), _price(new, getattr(now_is, name))
            found.append(Difference(f"{was.name}: {label}", a, b))
    return found


def _holds(old: Standing, new: Standing) -> list[Difference]:
    before, after = ({h.pk: h for h in s.holds} for s in (old, new))
    gone = [Difference(f"Hold: {h.reason.label}", "open", "") for pk, h in before.items() if pk not in after]
    return gone + [Difference(f"Hold: {h.reason.label}", "", "open") for pk, h in after.items() if pk not in before]


def _worth(standing: Standing, line: Any) -> str:
    return _price(standing, line.unit_price)


def _price(standing: Standing, amount: Any) -> str:
    return format_money(amount, standing.order.currency, unit_price=True)
