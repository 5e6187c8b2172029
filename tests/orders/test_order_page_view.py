"""The order page: steps of a stage, the timeline and the edits in words; customers and their orders."""

import re
from pathlib import Path

import pytest

from oms.events.models import Event
from orders.actions.cancel import cancel_order
from orders.actions.hold import clear_hold, hold_order
from orders.models import Channel, Customer, Hold, Order, Stage, SubStage
from orders.words import SAID
from orders.words import said as words_said
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db
BASE = Path(__file__).resolve().parents[2]


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 1), paid="100.00")


def step(stage: str, key: str) -> SubStage:
    return SubStage.objects.create(stage=Stage.objects.get(key=stage), key=key, label=key.title())


def test_a_step_of_the_stage_is_shown_and_told(order, ana):
    step("new", "calling")
    client = signed_in(ana)
    assert "Calling" in client.get(f"/orders/{order.number}/").content.decode()
    client.post(f"/orders/{order.number}/sub-stage/", {"key": "calling"})
    page = client.get(f"/orders/{order.number}/").content.decode()
    assert "<b>Calling</b>" in page
    assert "changed its step" in page
    assert said(order)[-1] == "orders.sub_stage_set"
    assert "Calling" in client.get(f"/orders/{order.number}/history/").content.decode()


@pytest.mark.parametrize("key", ["waiting", "nothing", "x" * 100_000])
def test_a_step_of_another_stage_is_refused_with_a_sentence(order, ana, key):
    step("packed", "waiting")
    page = signed_in(ana).post(f"/orders/{order.number}/sub-stage/", {"key": key}, follow=True).content.decode()
    assert "Choose one from the list." in page
    assert again(order).sub_stage is None


def test_leaving_the_stage_ends_the_step(order, ana):
    step("new", "calling")
    client = signed_in(ana)
    client.post(f"/orders/{order.number}/sub-stage/", {"key": "calling"})
    client.post(f"/orders/{order.number}/confirmation/")
    assert again(order).sub_stage is None


def test_every_event_of_orders_and_payments_has_words():
    told = re.compile(
        r'(?:event=|publish\(|publish_move\(|Fact\()\s*"((?:orders|payments|fulfilment|returns|notifications)\.[a-z_]+)"'
    )
    names = {
        n for app in ("orders", "payments") for p in (BASE / app).rglob("*.py") for n in told.findall(p.read_text())
    }
    assert len(names) > 20
    assert sorted(names - SAID.keys()) == []


def test_an_event_without_words_of_its_own_is_still_no_raw_name():
    event = Event(name="fulfilment.sealed_twice", subject="FO-1", stream="SO-1")
    assert words_said(event) == "sealed twice, FO-1"


def test_the_timeline_of_a_paid_and_cancelled_order_has_no_event_names(order, ana):
    cancel_order(order.number, reason="other", actor=ana)
    page = signed_in(ana).get(f"/orders/{order.number}/").content.decode()
    assert "took over a payment" in page
    assert "asked for a refund" in page
    assert "payments: " not in page
    assert not re.search(r"\b(orders|payments)\.[a-z_]+", page.split("timeline-")[1])


def test_the_edits_name_fields_and_people_in_words(order, ana, cy):
    client = signed_in(ana)
    client.post(f"/orders/{order.number}/assignment/", {"username": "cy"})
    page = client.get(f"/orders/{order.number}/history/").content.decode()
    assert "Assigned to" in page
    assert "ship_city" not in page
    assert "{&#x27;" not in page


def test_a_customer_has_a_page_with_their_orders(order, ana):
    other = placed(("MUG", 1), customer_name="Ishaan R", email="ishaan@example.test")
    client, zoya = signed_in(ana), Customer.objects.get(email="zoya@example.test")
    listed = client.get("/customers/").content.decode()
    assert "Ishaan R" in listed
    assert f"/customers/{zoya.pk}/" in listed
    page = client.get(f"/customers/{zoya.pk}/").content.decode()
    assert order.number in page
    assert other.number not in page
    theirs = client.get(f"/customers/{other.customer_id}/").context  # right after another customer's page
    assert [o.number for o in theirs["rows"]] == [other.number]
    assert [str(tab.count) for tab in theirs["tabs"]] == ["1", "1"]
    assert f"/customers/{zoya.pk}/" in client.get(f"/orders/{order.number}/").content.decode()
    assert [c.name for c in client.get("/customers/?q=ishaan").context["rows"]] == ["Ishaan R"]
    assert client.get("/customers/99999999999999999999/").status_code == 404


def test_customers_of_other_channels_and_for_the_warehouse_stay_closed(order, bo):
    zoya = Customer.objects.get(email="zoya@example.test")
    outsider = signed_in(person("oz", "sales", channel_codes=["elsewhere"]))
    assert "Zoya" not in outsider.get("/customers/").content.decode()
    assert outsider.get(f"/customers/{zoya.pk}/").status_code == 404
    assert signed_in(bo).get("/customers/").status_code == 403
    assert signed_in(bo).get(f"/customers/{zoya.pk}/").status_code == 403


def test_the_customers_cost_the_same_for_many(order, ana, django_assert_max_num_queries):
    for i in range(6):
        placed(("MUG", 1), customer_name=f"Person {i}", email=f"p{i}@example.test")
    client = signed_in(ana)
    with django_assert_max_num_queries(10):
        client.get("/customers/")


def test_every_blocker_stands_with_its_owner_its_clock_and_its_way_out(shop, ana, fay):
    Channel.objects.update(confirmation_basis="payment")
    order = placed(("MUG", 2))
    hold_order(order.number, reason="address", actor=ana)
    hold_order(order.number, reason="payment_problem", actor=ana)
    url = f"/orders/{order.number}/"
    page = signed_in(ana).get(url)
    assert [(row.hold.reason.key, row.asks) for row in page.context["holds"]] == [
        ("address", "Support"), ("payment_problem", "Finance"),
    ]  # fmt: skip
    (money,) = page.context["other_blockers"]
    assert (money.text, money.team, money.does) == (
        "Not confirmed before ₹200.00 is received",
        "Sales",
        "Record payment",
    )
    assert "3 open" in page.content.decode()
    assert page.content.decode().index('id="h-hold"') < page.content.decode().index('id="h-acts"')
    for hold in Hold.objects.order_by("-pk"):  # the later one first
        clear_hold(order.number, hold_id=hold.pk, actor=ana)
    left = signed_in(fay).get(url).context
    assert (left["holds"], [b.text for b in left["other_blockers"]]) == ([], [money.text])
    assert again(order).next_action == "collect"
