"""The order page draws money and goods on two tracks and says how far the units of each line are."""

from decimal import Decimal

import pytest

from fulfilment.actions.dispatch import dispatch
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.readiness import readiness
from orders.tracks import fulfilment_track, payment_track
from payments.actions.record import record_payment
from tests.fulfilment.steps import packed, picking, released, work_of
from tests.orders.desk import signed_in
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


def track(steps) -> list[tuple[str, str, str]]:
    return [(step.label, step.glyph, step.place) for step in steps]


def heads(order) -> list[tuple[str, str]]:
    return [(r.head.words, r.more) for r in map(readiness, again(order).lines.all())]


def test_a_new_unpaid_order_has_all_of_its_way_ahead(shop):
    order = placed(("MUG", 2))
    assert track(payment_track(order)) == [("Unpaid", "p-unpaid", "now"), ("Paid", "p-unpaid", "")]
    assert payment_track(order)[-1].note == "₹200.00 due before work starts"
    assert track(fulfilment_track(order)) == [
        ("Placed", "f-new", "now"), ("Confirmed", "f-confirmed", ""), ("Released", "f-confirmed", ""),
        ("Dispatched", "f-confirmed", ""), ("Delivered", "f-confirmed", ""),
    ]  # fmt: skip
    assert heads(order) == [("2 reserved", "")]


def test_a_part_payment_stands_between_unpaid_and_paid(shop):
    order = placed(("MUG", 2), paid="50.00")
    assert track(payment_track(order)) == [
        ("Unpaid", "p-unpaid", "past"), ("Part-paid", "p-partial", "now"), ("Paid", "p-unpaid", ""),
    ]  # fmt: skip
    assert payment_track(order)[1].note == "₹50.00 of ₹200.00 received"


def test_money_beyond_the_total_is_its_own_step(shop, fay):
    order = placed(("MUG", 2), paid="200.00")
    record_payment(order.number, method="cash", amount=Decimal(25), actor=fay)
    steps = payment_track(again(order))
    assert [(s.label, s.note) for s in steps[1:]] == [("Paid", "₹225.00 received"), ("Overpaid", "₹25.00 too much")]


def test_cash_on_delivery_starts_as_such(shop):
    order = placed(("MUG", 2), payment_terms="cod")
    confirm_order(order.number, actor="system")
    assert track(payment_track(again(order))) == [("COD due", "p-cod", "now"), ("Paid", "p-unpaid", "")]


def test_goods_between_two_stops_show_where_they_are(shop, bo):
    order = released(bo, ("MUG", 2))
    picking(order, bo)
    steps = fulfilment_track(again(order))
    assert [s.label for s in steps] == ["Placed", "Confirmed", "Released", "Picking", "Dispatched", "Delivered"]
    assert [s.place for s in steps] == ["past", "past", "past", "now", "", ""]
    assert steps[4].note == "2 units to go"
    assert heads(order) == [("2 allocated", "")]


def test_a_parcel_on_the_road_has_reached_dispatched(shop, bo):
    order = released(bo, ("MUG", 2))
    packed(order, bo)
    assert heads(order) == [("2 packed", "")]
    dispatch(work_of(order).number, carrier="own", tracking_number="T-1", actor=bo)
    steps = fulfilment_track(again(order))
    assert [(s.label, s.place) for s in steps[-2:]] == [("Dispatched", "now"), ("Delivered", "")]
    assert heads(order) == [("2 dispatched", "")]


def test_a_cancelled_order_has_nothing_ahead(shop, ana):
    order = placed(("MUG", 2))
    cancel_order(order.number, reason="other", actor=ana)
    assert [(s.label, s.place) for s in fulfilment_track(again(order))] == [("Placed", "past"), ("Cancelled", "now")]
    assert heads(order) == [("2 cancelled", "")]


def test_short_units_are_said_first_and_the_bar_adds_up(shop):
    order = placed(("MUG", 18))
    confirm_order(order.number, actor="system")
    line = again(order).lines.get()
    cancel_remainder(order.number, quantities={line.pk: 1}, reason="other", actor="system")
    ready = readiness(again(order).lines.get())
    assert ready.head.tone == "late"
    assert ready.head.words == f"Short {ready.short} of 18"
    assert "allocated" in ready.more
    assert "1 cancelled" in ready.more
    assert ready.gone + ready.have + ready.short + ready.left == 17


def test_the_page_shows_tracks_days_and_buttons(shop, ana):
    order = placed(("MUG", 2), paid="200.00")
    confirm_order(order.number, actor=ana)
    page = signed_in(ana).get(f"/orders/{order.number}/").content.decode()
    assert 'href="#p-paid"' in page
    assert '<p class="day">Today</p>' in page
    assert '<summary class="btn"' in page
    assert "It is confirmed already." in page
    assert "Not possible while" not in page


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("release", "Confirm the order first."), ("closure", "The work is not finished yet."),
     ("reopening", "Only closed books can be reopened.")],
)  # fmt: skip
def test_a_move_pressed_too_early_says_what_comes_first(shop, olga, path, sentence):
    order = placed(("MUG", 2))
    page = signed_in(olga).post(f"/orders/{order.number}/{path}/", {"note": "x"}, follow=True).content.decode()
    assert sentence in page
    assert again(order).status == "new"
