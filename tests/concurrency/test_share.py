"""Two people decide on the same scarce units at once, and buyers want the free ones meanwhile."""

import pytest

from inventory.actions.adjust import receive_stock
from inventory.models import Allocation, Product, StockLevel
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.capture import capture_orders
from orders.actions.share import share_out
from orders.models import Channel, Order, ShareDecision
from orders.sharing.picture import Picture, picture_of
from tests.conftest import make_shop
from tests.stories import draft, placed
from tests.together import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def two_minds() -> list[str]:
    """Six units, two orders of four: one person gives them to the oldest, the other to the urgent one, at once."""
    make_shop()
    orders = [placed(("LAMP", 4), email=f"b{i}@example.test") for i in range(2)]
    Order.objects.filter(pk=orders[1].pk).update(priority=1)
    receive_stock("LAMP", location="pune", qty=6, source="truck", actor="system")
    seen = picture_of(Product.objects.get(sku="LAMP")).version

    def decide(rule: str) -> str:
        try:
            return share_out("LAMP", rule=rule, seen=seen, reason=rule, actor="system").rule
        except Refused as refused:
            return refused.code

    return at_once(lambda: decide("oldest"), lambda: decide("priority"))


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "orders", "routing")))


@pytest.mark.usefixtures("patient_locks")
def test_of_two_decisions_on_one_picture_one_is_carried_out():
    answers = two_minds()
    assert sorted(a if a == "picture_changed" else "done" for a in answers) == ["done", "picture_changed"]
    assert ShareDecision.objects.get().rule in answers
    assert sorted(Allocation.objects.values_list("qty", flat=True)) == [2, 4]
    assert sound()


@pytest.mark.usefixtures("patient_locks")
def test_without_the_version_the_second_takes_from_the_first_what_it_was_just_given(monkeypatch):
    """Negative control: a decision that does not look whether its picture still holds."""
    monkeypatch.setattr(Picture, "version", "the same for ever")
    assert sorted(two_minds()) == ["oldest", "priority"]
    assert ShareDecision.objects.count() == 2


@pytest.mark.usefixtures("patient_locks")
def test_buyers_and_a_decision_never_promise_a_unit_twice():
    make_shop()
    placed(("LAMP", 9))
    receive_stock("LAMP", location="pune", qty=10, source="truck", actor="system")
    seen, channel = picture_of(Product.objects.get(sku="LAMP")).version, Channel.objects.get(code="web")
    buyers = [draft(("LAMP", 1), email=f"c{i}@example.test") for i in range(6)]

    def decide() -> str:
        try:
            return share_out("LAMP", rule="oldest", seen=seen, reason="First come", actor="system").number
        except Refused as refused:
            return refused.code

    jobs = [lambda d=d: capture_orders([d], channel=channel, actor="system")[0].outcome for d in buyers]
    answers = at_once(decide, *jobs)
    assert answers[1:] == ["created"] * 6
    level = StockLevel.objects.get(product__sku="LAMP")
    assert level.reserved == sum(Allocation.objects.values_list("qty", flat=True)) <= 10
    if answers[0] in ("picture_changed", "stock_moved"):
        assert not ShareDecision.objects.exists()
    else:
        assert level.reserved == 10
    assert sound()
