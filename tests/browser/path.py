"""An order from its placing to the customer's door, done by the people whose work it is."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import expect

from fulfilment.models import FulfilmentOrder, Shipment
from orders.models import Order
from tests.browser.hands import Hands
from tests.stories import Stock, again, placed, stock_of
from tests.together import eventually

SignIn = Callable[..., Hands]


def becomes(condition: Callable[[], bool]) -> None:
    """Wait for what the last press should bring about: a press does not wait for its answer, nor does a person's eye."""
    eventually(condition, "what this press brings about")


def place() -> Order:
    """Two mugs and a kettle, ordered on the website and not paid. Captured directly; the import page may do it as well."""
    return placed(("MUG", 2), ("KETTLE", 1))


def work_of(order: Order) -> FulfilmentOrder:
    return FulfilmentOrder.objects.get(order=order)


def handled(order: Order, field: str) -> int:
    """Units picked or packed so far."""
    return sum(work_of(order).lines.values_list(field, flat=True))


def stands(hands: Hands, *facts: str | re.Pattern) -> None:
    """The one-line answer of the order page says each of `facts`."""
    line = hands.page.get_by_label("Where this order stands")
    for fact in facts:
        expect(line).to_contain_text(fact)


def find_and_confirm(hands: Hands, order: Order) -> None:
    hands.open("/orders/?view=all")
    hands.write("Search in this view", "Zoya", enter=True)
    hands.follow(order.number)
    stands(hands, "Sales")
    hands.press("Confirm order")
    becomes(lambda: again(order).status == "confirmed")


def pay_in_cash(hands: Hands, order: Order) -> None:
    hands.open(f"/orders/{order.number}/")
    stands(hands, "Payment pending", "Collect ₹300.00", "Finance")
    hands.follow("Record payment")
    hands.choose("How it was paid", "Cash")
    hands.write("Amount", "300")
    hands.press("Record payment")
    becomes(lambda: again(order).payment_status == "paid")
    hands.open(f"/orders/{order.number}/")
    stands(hands, ", paid", "Nothing blocks it", "Release to picking", "Warehouse")


def release(hands: Hands, order: Order) -> None:
    hands.open(f"/orders/{order.number}/")
    hands.press("Release to picking")
    becomes(FulfilmentOrder.objects.filter(order=order).exists)
    stands(hands, "Warehouse")


def pick(hands: Hands, order: Order) -> None:
    hands.open(reverse("fulfilment:pick-queue"))
    hands.follow(work_of(order).number)
    hands.press("Start pick")
    becomes(lambda: work_of(order).status == "picking")
    for sku, units, sofar in (("MUG", "2", 2), ("KETTLE", "1", 3)):
        hands.write("Scan or type the next item", sku)
        hands.write("Units", units)
        hands.press("Take")
        becomes(lambda n=sofar: handled(order, "qty_picked") == n)
    hands.press("Picked, to the table")
    becomes(lambda: work_of(order).status == "picked")


def pack(hands: Hands, order: Order) -> None:
    hands.open(reverse("fulfilment:pack-queue"))
    hands.follow(work_of(order).number)
    for sofar, sku in enumerate(("MUG", "KETTLE", "MUG"), 1):
        hands.write("Scan the next item", sku, enter=True)  # a scanner types and ends with Enter
        becomes(lambda n=sofar: handled(order, "qty_packed") == n)
    hands.press("Done, next order")
    becomes(lambda: work_of(order).status == "packed")


def dispatch(hands: Hands, order: Order) -> None:
    hands.open(reverse("fulfilment:dispatch-queue"))
    hands.follow(work_of(order).number)
    hands.choose("Carrier", "Blue Dart")
    hands.write("Tracking number", "BD-778")
    hands.press("Dispatch")
    becomes(Shipment.objects.filter(order=order, tracking_number="BD-778").exists)


def deliver(hands: Hands, order: Order) -> None:
    parcel = Shipment.objects.get(order=order)
    hands.open(reverse("fulfilment:shipments"))
    hands.follow(parcel.number)
    hands.press("Delivered")
    becomes(lambda: again(order).fulfilment_status == "delivered")


def walk(sign_in: SignIn) -> None:
    """The whole path; each person has a browser of their own. Stock and the owner's overview move with it."""
    order = place()
    ana, fay, bo, olga = (sign_in(name, role) for name, role in (
        ("ana", "sales"), ("fay", "finance"), ("bo", "warehouse"), ("olga", "owner"),
    ))  # fmt: skip
    olga.open("/")
    stages = olga.page.get_by_role("region", name="Open orders by stage")
    expect(stages.get_by_role("link")).to_have_text(["New1"])
    find_and_confirm(ana, order)
    pay_in_cash(fay, order)
    assert stock_of("MUG") == Stock(on_hand=10, allocated=2)
    release(bo, order)
    pick(bo, order)
    pack(bo, order)
    assert stock_of("MUG") == Stock(on_hand=10, allocated=2)
    dispatch(bo, order)
    assert stock_of("MUG") == Stock(on_hand=8)
    ana.open(f"/orders/{order.number}/")
    stands(ana, re.compile("dispatched|shipped", re.I))
    deliver(bo, order)
    ana.open(f"/orders/{order.number}/")
    stands(ana, re.compile("delivered", re.I))
    olga.open("/")
    expect(stages).to_contain_text("No open orders")
