"""The whole story of an order: from the API to the customer's door, back through quarantine, and the money home."""

from decimal import Decimal

from inventory.models import StockMovement
from oms.kernel.clock import now
from orders.actions.capture import capture_orders
from orders.models import Channel, Order
from payments.models import Payment, Refund
from reports.queries.overview import figures, sources
from returns.models import Return
from tests.api.test_orders_api import body, issue, post
from tests.flows import steps
from tests.stories import Stock, again, draft, placed, stock_of


def from_the_api() -> Order:
    answer = post(issue(), body(placed_at=now().isoformat()))
    assert answer.status_code == 201, answer.content
    return Order.objects.get(number=answer.json()["number"])


def numbers(desk) -> dict[str, int]:
    """The owner's strip, read from the same place as the page."""
    assert desk.owner.get("/").status_code == 200
    return {f.label: f.value for f in figures(desk.owner.user)}


def moved(sku: str) -> list[tuple[str, int]]:
    """The stock ledger of Pune after the opening receipt."""
    rows = StockMovement.objects.filter(product__sku=sku, location__code="pune").order_by("pk")
    return [(m.kind, m.on_hand) for m in rows][1:]


def test_from_the_api_to_the_door_and_back_again(desk, mails):
    order = from_the_api()
    assert numbers(desk)["Open orders"] == 1
    assert "in the pick queue" not in steps.press(desk.warehouse, "orders:release", order.number)
    assert "is confirmed" in steps.press(desk.sales, "orders:confirmation", order.number)
    assert (again(order).stage, numbers(desk)["Payment pending"]) == ("payment_pending", 1)

    payment = steps.record_and_verify(desk, order, "200")
    assert numbers(desk)["Payment pending"] == 0
    assert "in the pick queue" in steps.press(desk.warehouse, "orders:release", order.number)
    assert stock_of("MUG") == Stock(on_hand=10, allocated=2)
    shipment = steps.send_off(order, desk.warehouse.user)
    assert stock_of("MUG") == Stock(on_hand=8)
    assert (again(order).stage, numbers(desk)["Dispatched"]) == ("dispatched", 1)
    assert "Noted." in steps.press(desk.warehouse, "fulfilment:shipment-moves", shipment.number, move="deliver")
    assert (again(order).status, again(order).stage, again(order).payment_status) == ("completed", "delivered", "paid")
    assert numbers(desk)["Open orders"] == 0

    page = desk.support.post(
        f"/returns/new/{order.number}/",
        {"type": "return", "reason": "damaged", "note": "Cracked", f"qty_{order.lines.get().pk}": "2"}, follow=True,
    )  # fmt: skip
    assert "is asked for" in page.content.decode()
    rma = Return.objects.get()
    assert "Approved." in steps.press(desk.support, "returns:decision", rma.number, answer="approve")
    assert "on its way" in steps.press(desk.support, "returns:transit", rma.number, carrier="own")
    steps.receive_and_inspect(desk, rma)
    assert stock_of("MUG") == Stock(on_hand=10)
    assert "Settled." in steps.settle(desk, rma)
    refund = steps.pay_back(desk, Refund.objects.get())

    order, payment = again(order), Payment.objects.get(pk=payment.pk)
    assert (refund.amount, refund.status, payment.status) == (200, "succeeded", "refunded")
    assert (order.paid_total, order.refunded_total, order.balance_due, order.stage) == (200, 200, 0, "returned")
    assert moved("MUG") == [("issue", -2), ("return", 2), ("restock", 0)]
    assert mails() == [f"Your order {order.number} {end}" for end in ("is confirmed", "is on its way", "has arrived")]
    assert [(s.name, s.orders, s.returned) for s in sources(desk.owner.user)] == [("Website", 1, 1)]
    assert "Filed." in steps.press(desk.support, "returns:closing", rma.number)
    for client, name, number in (
        (desk.support, "orders:detail", order.number), (desk.support, "orders:history", order.number),
        (desk.finance, "payments:payment", payment.number), (desk.finance, "payments:refund", refund.number),
        (desk.support, "returns:detail", rma.number), (desk.warehouse, "fulfilment:shipment", shipment.number),
    ):  # fmt: skip
        assert number in steps.opened(client, name, number)
    assert steps.illness() == {}


def test_cancelled_before_dispatch_the_money_goes_back_and_the_stock_is_free(desk, mails):
    order = placed(("MUG", 2), paid="200.00")
    steps.press(desk.sales, "orders:confirmation", order.number)
    steps.press(desk.warehouse, "orders:release", order.number)
    steps.pick_and_pack(order, desk.warehouse.user)
    assert "is cancelled" in steps.press(desk.support, "orders:cancellation", order.number, reason="other")
    assert stock_of("MUG") == Stock(on_hand=10)
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, again(order).refunded_total) == ("requested", 200, 0)
    steps.pay_back(desk, refund)
    order = again(order)
    assert (order.stage, order.payment_status, order.refunded_total) == ("cancelled", "refunded", 200)
    assert mails() == [f"Your order {order.number} is confirmed"]
    assert steps.illness() == {}


def test_cash_on_delivery_that_comes_back_is_owed_by_nobody(desk, mails):
    order = placed(("MUG", 3), payment_terms="cod")
    steps.press(desk.sales, "orders:confirmation", order.number)
    assert "in the pick queue" in steps.press(desk.warehouse, "orders:release", order.number)
    shipment = steps.send_off(order, desk.warehouse.user)
    for move in ("transit", "fail_attempt", "initiate_rto", "receive_rto"):
        page = steps.press(
            desk.warehouse, "fulfilment:shipment-moves", shipment.number, move=move, reason="Door closed"
        )
        assert "Noted." in page, move
    assert Payment.objects.get().status == "voided"
    assert stock_of("MUG") == Stock(on_hand=7)  # nothing is on sale before it is counted and looked at
    rma = Return.objects.get()
    steps.receive_and_inspect(desk, rma)
    assert "Settled." in steps.settle(desk, rma)
    order = again(order)
    assert stock_of("MUG") == Stock(on_hand=10)
    assert (order.paid_total, order.amount_due, order.qty_rto, Refund.objects.count()) == (0, 0, 3, 0)
    assert [s.split()[-1] for s in mails()] == ["confirmed", "way"]
    assert steps.illness() == {}


def test_cash_on_delivery_that_arrives_is_paid_when_the_courier_remits(desk):
    order = placed(("MUG", 1), payment_terms="cod")
    steps.press(desk.sales, "orders:confirmation", order.number)
    steps.press(desk.warehouse, "orders:release", order.number)
    steps.delivered(order, desk.warehouse.user)
    payment = Payment.objects.get()
    assert (payment.status, again(order).payment_status) == ("cod_collected", "cod")
    steps.press(desk.finance, "payments:receipt", payment.number, reference="REM-1", amount="")
    assert (again(order).payment_status, again(order).balance_due) == ("paid", 0)
    assert steps.illness() == {}


def test_a_part_goes_out_and_the_rest_is_cancelled_and_paid_back(desk, mails):
    order = placed(("MUG", 2), ("LAMP", 1), paid="300.00")  # no lamps on the shelf
    steps.press(desk.sales, "orders:confirmation", order.number)
    assert "in the pick queue" in steps.press(desk.warehouse, "orders:release", order.number)
    steps.delivered(order, desk.warehouse.user)
    assert (again(order).status, again(order).fulfilment_status) == ("processing", "partially_delivered")
    assert "is cancelled" not in steps.press(desk.support, "orders:cancellation", order.number, reason="other")
    lamp = order.lines.get(sku="LAMP")
    rest = steps.press(desk.support, "orders:remainder", order.number, reason="other", **{f"qty_{lamp.pk}": "1"})
    assert "Part of" in rest
    order = again(order)
    assert (order.status, order.qty_delivered, order.qty_cancelled) == ("completed", 2, 1)
    assert order.balance_due == -100
    said = [s.split()[-1] for s in mails()]
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (100, "Part of the order cancelled")
    steps.pay_back(desk, refund)
    assert (again(order).balance_due, again(order).refunded_total, stock_of("MUG")) == (0, 100, Stock(on_hand=8))
    assert said == ["confirmed", "way", "arrived"]
    assert steps.illness() == {}


def test_two_lines_back_in_two_returns_pay_back_to_the_last_coin(desk):
    order = capture_orders(
        [draft(("MUG", 3), price="33.33", paid="99.99")], channel=Channel.objects.get(), actor="system"
    )[0]
    order = Order.objects.get(number=order.number)
    steps.press(desk.sales, "orders:confirmation", order.number)
    steps.press(desk.warehouse, "orders:release", order.number)
    steps.delivered(order, desk.warehouse.user)
    for qty in (1, 2):
        desk.support.post(
            f"/returns/new/{order.number}/",
            {"type": "return", "reason": "damaged", f"qty_{order.lines.get().pk}": qty},
        )  # fmt: skip
        rma = Return.objects.latest("pk")
        steps.press(desk.support, "returns:decision", rma.number, answer="approve")
        steps.receive_and_inspect(desk, rma, disposition="scrap")
        steps.settle(desk, rma)
        steps.pay_back(desk, Refund.objects.latest("pk"))
    assert (again(order).refunded_total, again(order).balance_due) == (Decimal("99.99"), 0)
    assert steps.illness() == {}
