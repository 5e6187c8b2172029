"""Fraud signals with scores: each speaks for itself, the sum holds, a person's word is remembered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms.kernel.clock import now
from orders.actions.check import check_again
from orders.actions.hold import clear_hold
from orders.models import BlockedEntry, FraudSignal, Hold, Order
from tests.orders.checking.house import held, switch_on
from tests.orders.desk import signed_in
from tests.orders.rates import dollars, rate
from tests.stories import HOME, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db):
    switch_on("fraud", limit_score=50, window_hours=24)


def only(**scores: int) -> None:
    """Only these signals are on, with these scores."""
    FraudSignal.objects.exclude(key__in=scores).update(is_on=False)
    for key, score in scores.items():
        row = FraudSignal.objects.get(key=key)
        row.score = score
        row.save()
    switch_on("fraud", limit_score=50)


def other(i: int, **changes) -> Order:
    """An order of somebody else, to another place."""
    given = {
        "email": f"b{i}@example.test",
        "phone": f"+91 90000 0001{i}",
        "ship_to": replace(HOME, line1=f"{i} Hill Street"),
    }
    return placed(**given | changes)


def test_an_ordinary_order_passes(shop):
    assert held(placed()) == []


def test_many_orders_with_one_phone_under_other_names(shop):
    only(phone_often=60)
    phone = {"phone": "98765 43210"}
    assert [len(held(other(i, **phone))) for i in range(4)] == [0, 0, 0, 1]
    assert "Score 60, held from 50: 4 orders with this phone within 24 h (60)" in held(Order.objects.last())[0][1]


def test_many_orders_with_one_email_and_to_one_address(shop):
    only(email_often=20, address_often=30)
    for i in range(3):
        assert held(placed(phone=f"+91 90000 0002{i}", ship_to=replace(HOME, line1="12, example road."))) == []
    assert held(placed(phone="")) == [
        ("fraud", "Score 50, held from 50: 4 orders with this e-mail within 24 h (20), 4 orders to this address within 24 h (30)")
    ]  # fmt: skip


def test_orders_of_before_do_not_count(shop):
    only(phone_often=60)
    for i in range(4):
        other(i, phone="98765 43210", placed_at=now() - timedelta(hours=30))
    assert held(placed()) == []


def test_billed_to_another_state(shop):
    only(bill_elsewhere=50)
    assert held(placed(bill_to=replace(HOME, state="Goa")))[0][1].startswith(
        "Score 50, held from 50: billed to another state (50)"
    )
    assert held(placed(bill_to=replace(HOME, line1="Elsewhere"))) == []


def test_several_times_what_the_customer_usually_spends(shop):
    only(unusual_amount=50)
    assert held(placed(price="9000")) == [], "nothing is usual yet"
    cheap = {"email": "meera@example.test", "phone": "+91 90000 00077"}
    for _ in range(3):
        placed(placed_at=now() - timedelta(days=3), **cheap)
    assert held(placed(price="499", **cheap)) == []
    assert "times their usual ₹" in held(placed(price="2000", **cheap))[0][1]


def test_what_is_usual_counts_orders_of_every_currency_at_their_own_rates(shop):
    only(unusual_amount=50)
    dollars()  # its worth is not known: it counts among dollars only
    rate("50")
    for _ in range(3):
        dollars(price="4.00")
    assert "5 times their usual ₹200" in held(placed(price="1000"))[0][1]
    assert held(placed(price="800")) == [], "the mean is 360 by now"
    assert held(dollars(price="20.00")) == []


def test_the_blocked_list_has_its_score(shop):
    only(blocked=100)
    BlockedEntry.objects.create(kind="email", value="Zoya@example.test")
    assert "on the blocked list (100)" in held(placed())[0][1]


def test_below_the_sum_nothing_is_held_and_admins_edit_it(shop, fay):
    only(bill_elsewhere=30, blocked=10)
    BlockedEntry.objects.create(kind="email", value="zoya@example.test")
    assert held(placed(bill_to=replace(HOME, state="Goa"))) == []
    switch_on("fraud", limit_score=40)
    order = placed(bill_to=replace(HOME, state="Goa"))
    assert held(order)[0][1].startswith("Score 40, held from 40")
    switch_on("fraud", limit_score=90)
    assert check_again(order.number, actor=fay).cleared == 1
    page = signed_in(fay).get(f"/orders/{order.number}/").content.decode()
    assert "not held for this again" not in page, "nobody has let it pass: it only scores too little now"


def test_what_a_person_let_pass_stays_passed_until_it_looks_worse(shop, fay):
    only(bill_elsewhere=50, phone_often=40)
    order = placed(bill_to=replace(HOME, state="Goa"))
    hold = Hold.objects.get(order=order)
    assert hold.score == 50
    clear_hold(order.number, hold_id=hold.pk, note="Called, it is a present", actor=fay)
    check_again(order.number, actor=fay)
    assert held(order) == []
    page = signed_in(fay).get(f"/orders/{order.number}/").content.decode()
    assert "Called, it is a present" in page
    for i in range(3):
        other(i, phone="98765 43210", placed_at=order.placed_at - timedelta(minutes=5))
    check_again(order.number, actor=fay)
    assert held(order)[0][1].startswith("Score 90")


def test_admins_edit_signals_and_cannot_add_their_own(shop, adam):
    client, row = signed_in(adam), FraudSignal.objects.get(key="phone_often")
    assert client.get("/admin/orders/fraudsignal/add/").status_code == 403
    url = f"/admin/orders/fraudsignal/{row.pk}/change/"
    assert client.post(url, {"label": row.label, "is_on": "on", "score": "70", "at_least": "2"}).status_code == 302
    assert FraudSignal.objects.get(pk=row.pk).score == 70
