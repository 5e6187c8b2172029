"""The order as it stood after any of its events: replayed from what the database kept, equal to what was true then."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from oms.events.models import Event
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.amending.change import Change
from orders.asof.compare import differences
from orders.asof.rewind import Standing, moment_of, standing, standing_at_version
from orders.models import Hold, Order
from orders.models.line import QTY_COLUMNS
from tests.fulfilment.steps import on_road, released, sick
from tests.orders.amending.steps import add, amended, qty
from tests.orders.desk import signed_in
from tests.stories import again, placed

# Committed for real: a moment is the end of a transaction, and everything in one transaction is one moment.
pytestmark = pytest.mark.django_db(transaction=True)

COMPARED = ("status", "stage", "payment_status", "fulfilment_status", "total", "cancelled_total", "paid_total", "balance_due",
            "tax_total", "ship_to", "promised_at", "version", "next_action", "owner_team", *QTY_COLUMNS)  # fmt: skip


def last_seq(order: Order) -> int:
    return Event.objects.filter(stream=order.number).order_by("-seq").values_list("seq", flat=True)[0]


def as_of(order: Order, seq: int) -> Standing:
    moment = moment_of(order, seq)
    assert moment is not None
    return standing(again(order), moment)


def picture(order: Order, lines) -> dict:
    rows = [(x.sku, x.unit_price, x.total, *(getattr(x, name) for name in QTY_COLUMNS)) for x in lines]
    return {name: getattr(order, name) for name in COMPARED} | {"lines": rows}


def test_an_order_amended_four_times_is_seen_as_of_each_step(shop, ana):
    order = placed(("MUG", 4), paid="400.00")
    confirm_order(order.number, actor=ana)
    steps = [
        (qty(order, 6),),
        (add("KETTLE", 2, "49.90", discount="4.80"),),
        (Change("shipping_fee", amount=Decimal(25)), qty(order, 1)),
        (Change("price", line_id=order.lines.get(sku="MUG").pk, amount=Decimal("90")),),
    ]
    seen = {}
    for changes in steps:
        order = amended(order, *changes, actor=ana)
        seen[last_seq(order)] = picture(order, order.lines.order_by("position"))

    assert len(seen) == 4
    for seq, then in seen.items():
        found = as_of(order, seq)
        assert picture(found.order, found.lines) == then
    second = as_of(order, sorted(seen)[1])
    assert second.order.total == Decimal("695.00")
    assert [x.total for x in second.lines] == [Decimal(600), Decimal("95.00")]
    assert sick() == {}


def test_every_event_of_a_whole_life_has_the_numbers_of_its_moment(shop, ana, bo):
    order = released(ana, ("MUG", 2))
    on_road(order, bo)
    stages = [as_of(order, seq).order.stage for seq in range(1, last_seq(order) + 1)]
    assert stages[0] == "new"
    assert stages[-1] == "dispatched"
    assert list(dict.fromkeys(stages)) == ["new", "ready_to_pack", "packing", "packed", "dispatched"]


def test_holds_are_those_that_were_open_then(shop, ana):
    order = placed()
    hold_order(order.number, reason="address", detail="no PIN", actor=ana)
    held = last_seq(order)
    clear_hold(order.number, hold_id=Hold.objects.get().pk, actor=ana)
    assert [h.detail for h in as_of(order, held).holds] == ["no PIN"]
    assert as_of(order, last_seq(order)).holds == ()
    assert as_of(order, 1).holds == ()


def test_the_difference_between_two_moments_is_told_in_words(shop, ana):
    order = placed(("MUG", 4))
    order = amended(order, qty(order, 6), add("LAMP", 1), actor=ana)
    found = {d.what: (d.before, d.after) for d in differences(as_of(order, 1), as_of(order, last_seq(order)))}
    assert found["Desk lamp"] == ("", "1 × ₹100.00")
    assert found["Total"] == ("₹400.00", "₹700.00")
    assert found["Mug: ordered"] == ("4", "6")
    assert differences(as_of(order, 1), as_of(order, 1)) == []


def test_a_version_somebody_saw_can_be_found_again(shop, ana):
    order = placed(("MUG", 4))
    version = again(order).version
    order = amended(order, qty(order, 6), actor=ana)
    then = standing_at_version(order, version)
    assert then is not None
    assert (then.order.total, then.lines[0].qty_ordered) == (400, 4)
    assert standing_at_version(order, version + 1000) is None


def test_what_is_kept_cannot_be_rewritten_and_no_update_escapes(shop, ana):
    order = placed(("MUG", 4))
    Order.objects.filter(pk=order.pk).update(customer_name="Somebody else")
    assert as_of(order, 1).order.customer_name == "Zoya P"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_past SET was = '{}'")


def test_the_page_shows_the_moment_and_what_came_after(shop, ana):
    order = placed(("MUG", 4))
    order = amended(order, qty(order, 6), actor=ana)
    page = signed_in(ana).get(f"/orders/{order.number}/as-of/1/").content.decode()
    assert "₹400.00" in page
    assert "Customer called" in page  # who and why
    assert signed_in(ana).get(f"/orders/{order.number}/as-of/999/").status_code == 404
    compared = signed_in(ana).get(f"/orders/{order.number}/as-of/1/?with=1").content.decode()
    assert "Nothing happened between the two" in compared
