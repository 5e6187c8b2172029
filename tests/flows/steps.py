"""What people do on the pages, each a plain form post; warehouse hands work through its actions."""

import re

from django.test import Client
from django.urls import reverse

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan
from fulfilment.actions.parcel import deliver
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.models import FulfilmentOrder, Shipment
from oms.ops.doctor.registry import run_all
from orders.models import Order
from payments.models import Payment, Refund
from returns.models import Return


def press(client: Client, name: str, number: str, **data) -> str:
    """Post a form, follow it to the page it leads to, and return that page's text."""
    page = client.post(reverse(name, args=[number]), data, follow=True)
    assert page.status_code == 200, (name, page.status_code, errors(page))
    return page.content.decode()


def errors(page) -> list[str]:
    text = page.content.decode()
    return re.findall(r'role="(?:alert|status)"[^>]*>(.*?)</', text, re.S) + re.findall(
        r'-error"[^>]*>(.*?)<', text, re.S
    )


def opened(client: Client, name: str, number: str) -> str:
    page = client.get(reverse(name, args=[number]))
    assert page.status_code == 200
    return page.content.decode()


def pick_and_pack(order: Order, user) -> FulfilmentOrder:
    """Take every unit of the order's open work and scan it into the carton."""
    work = FulfilmentOrder.objects.filter(order=order, status="open").order_by("pk").first()
    start_pick(work.number, actor=user)
    for row in work.lines.select_related("product"):
        pick_line(work.number, code=row.product.sku, qty=row.qty, actor=user)
    finish_pick(work.number, actor=user)
    for row in work.lines.select_related("product"):
        for _ in range(row.qty):
            scan(work.number, code=row.product.sku, actor=user)
    return finish_pack(work.number, actor=user)


def send_off(order: Order, user, *, tracking: str = "T-1") -> Shipment:
    return dispatch(pick_and_pack(order, user).number, carrier="own", tracking_number=tracking, actor=user)


def delivered(order: Order, user) -> Shipment:
    shipment = send_off(order, user)
    deliver(shipment.number, actor=user)
    return shipment


def record_and_verify(desk, order: Order, amount: str) -> Payment:
    """Sales notes a UPI reference, Finance finds it in the account."""
    page = press(desk.sales, "payments:record", order.number, method="upi", amount=amount, reference="UPI-77")
    assert "waits for Finance" in page
    payment = Payment.objects.get(order=order, reference="UPI-77")
    assert "is verified" in press(desk.finance, "payments:verification", payment.number, answer="verify")
    return payment


def pay_back(desk, refund: Refund) -> Refund:
    """Finance approves what somebody else asked for, sends it, and notes that it arrived."""
    press(desk.finance, "payments:refund-decision", refund.number, answer="approve")
    press(desk.finance, "payments:refund-sending", refund.number, reference="BANK-9")
    assert "Refunded." in press(desk.finance, "payments:refund-outcome", refund.number, answer="arrived")
    refund.refresh_from_db()
    return refund


def receive_and_inspect(desk, rma: Return, *, disposition: str = "restock") -> None:
    """The warehouse counts the whole parcel into quarantine and looks at it."""
    for entry in rma.lines.all():
        page = press(desk.warehouse, "returns:receipt", rma.number,
                     location="pune", is_last="on", **{f"qty_{entry.pk}": entry.qty})  # fmt: skip
        assert "Counted into quarantine" in page
        found = {
            f"qty_{entry.pk}_0": entry.qty,
            f"condition_{entry.pk}_0": "as_new",
            f"disposition_{entry.pk}_0": disposition,
        }
        for part in range(1, min(entry.qty, 3)):
            found |= {f"condition_{entry.pk}_{part}": "as_new", f"disposition_{entry.pk}_{part}": disposition}
        assert "Inspected." in press(desk.warehouse, "returns:inspection", rma.number, **found)


def settle(desk, rma: Return, *, outcome: str = "refund") -> str:
    data = {"deduction": "0", "shipping": "0"}
    for entry in rma.lines.all():
        data |= {f"outcome_{entry.pk}": outcome, f"accepted_{entry.pk}": entry.qty}
    return press(desk.support, "returns:settlement", rma.number, **data)


def illness() -> dict:
    """What the doctor finds, empty in a healthy house."""
    return {code: rows for code, rows in run_all().items() if rows}
