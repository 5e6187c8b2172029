"""Tags: put on and taken off by anybody who works an order, found by, undone; what two people add both stays."""

import pytest

from oms.events.models import Event
from oms.kernel.errors import Refused
from orders.actions.capture import capture_orders
from orders.actions.tag import tag_order
from orders.actions.undo import undo_step
from orders.finding import find, find_tag
from orders.models import BulkRun, Order
from tests.orders.desk import signed_in
from tests.stories import again, draft, placed, said


def found(tag: str) -> set[str]:
    return set(Order.objects.filter(find_tag(tag).condition).values_list("number", flat=True))


def test_a_tag_is_added_found_taken_off_and_undone(shop, ana):
    order, other = placed(customer_name="Gift Wrapper"), placed(external_id="2")
    client, page = signed_in(ana), order.get_absolute_url()
    client.post(f"{page}tags/", {"add": " Gift   wrap "})
    client.post(f"{page}tags/", {"add": "VIP"})
    assert again(order).tags == ["Gift wrap", "VIP"]
    assert (found("gift WRAP"), found("gift"), found("vip")) == ({order.number}, set(), {order.number})
    assert "tag=Gift%20wrap" in client.get(page).content.decode()
    rows = client.get("/orders/?view=all&tag=vip&cols=customer,tags").content.decode()
    assert order.number in rows and other.number not in rows and '<span class="tag">Gift wrap</span>' in rows
    client.post(f"{page}tags/", {"remove": "gift wrap"})
    assert (again(order).tags, found("gift wrap")) == (["VIP"], set())
    assert Order.objects.filter(find("gift").condition).get() == order, "still found by the customer's name"
    assert (said(order)[-1], Event.objects.last().payload["label"]) == ("orders.tagged", "Took off Gift wrap")
    undo_step(order.number, seq=Event.objects.filter(stream=order.number).last().seq, actor=ana)
    assert (again(order).tags, found("gift wrap")) == (["Gift wrap", "VIP"], {order.number})


def test_what_is_no_tag_or_changes_nothing_is_refused_with_a_sentence(shop, ana):
    order = placed()
    tag_order(order.number, add=["vip"], actor=ana)
    for add, remove, says in (
        (["VIP"], [], "Nothing to change"), (["a,b"], [], "no comma"), (["x" * 41], [], "has 41"), ([" "], [], "Type the tag"),
        ([], ["gift"], "has vip"), ([str(n) for n in range(20)], [], "holds 20 tags"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=says):
            tag_order(order.number, add=add, remove=remove, actor=ana)
    assert again(order).tags == ["vip"]


def test_orders_are_found_by_the_tags_they_came_with(shop):
    capture_orders([draft(tags=("Express",))], channel=shop, actor="system")
    order = Order.objects.get()
    assert (
        found("express")
        == {order.number}
        == set(Order.objects.filter(find("tag:expr").condition).values_list("number", flat=True))
    )


def test_many_at_once_and_by_typing(shop, ana):
    orders = [placed(external_id=str(n)) for n in range(2)]
    client = signed_in(ana)
    numbers = [order.number for order in orders]
    client.post("/orders/bulk/", {"number": numbers, "action": "tag", "tag": ""})
    assert not BulkRun.objects.exists()
    client.post("/orders/bulk/", {"number": numbers, "action": "tag", "tag": "Diwali"})
    assert found("diwali") == set(numbers)
    client.post(f"/orders/bulk/{BulkRun.objects.get().pk}/undo/")
    assert found("diwali") == set()
    assert "Put the tag “Diwali”" in client.get("/go/", {"q": f"{numbers[0]} tag Diwali"}).content.decode()
