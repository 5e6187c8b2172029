"""Undo: the last step inside its window, with what it cannot reach named; a step of its own with its actor."""

from datetime import timedelta

import pytest

from fulfilment.actions.pick import start_pick
from fulfilment.models import FulfilmentOrder
from notifications.models import MessageTemplate, OutgoingMessage
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from orders.actions.assign import assign_order
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import add_note
from orders.actions.release import release_order
from orders.actions.tag import tag_order
from orders.actions.undo import undo_step
from orders.actions.undo_preview import preview_undo
from orders.models import Hold, Order
from orders.undoing import open_steps
from payments.models import Refund
from tests.fulfilment.steps import picked, released, sick
from tests.orders.desk import signed_in
from tests.stories import again, placed, said, stock_of

# Committed for real: a step is a transaction.
pytestmark = pytest.mark.django_db(transaction=True)
SHOWN = ("status", "stage", "payment_status", "fulfilment_status", "qty_reserved", "qty_allocated", "qty_backordered",
         "qty_cancelled", "open_holds", "assignee_id", "cancelled_total", "next_action", "owner_team")  # fmt: skip


@pytest.fixture(autouse=True)
def healthy(shop):
    yield
    assert sick() == {}


def picture(order: Order) -> dict:
    return {name: getattr(again(order), name) for name in SHOWN}


def step_of(order: Order) -> Event:
    return open_to(order)[0]


def open_to(order: Order) -> list[Event]:
    return open_steps(Event.objects.filter(stream=order.number).order_by("-seq"))


def undo(order: Order, actor) -> None:
    undo_step(order.number, seq=step_of(order).seq, actor=actor)


def test_confirming_is_undone_with_its_stock_and_its_work(ana):
    order = placed(("MUG", 12), ("LAMP", 1))
    before, shelves = picture(order), (stock_of("MUG"), stock_of("MUG", "delhi"))
    confirm_order(order.number, actor=ana)
    seen = preview_undo(order.number, seq=step_of(order).seq, actor=ana)
    assert again(order).status == "confirmed"
    assert {"Status", "Stage", "Mug: allocated"} <= {d.what for d in seen.reversed_}
    undo(order, ana)

    assert (picture(order), (stock_of("MUG"), stock_of("MUG", "delhi"))) == (before, shelves)
    assert set(FulfilmentOrder.objects.values_list("status", flat=True)) == {"cancelled"}
    assert said(order)[-1] == "orders.undone"
    assert Event.objects.get(name="orders.undone").actor_name == "Ana"
    confirm_order(order.number, actor=ana)
    assert again(order).status == "confirmed"


def test_cash_on_delivery_is_noted_once_when_confirmed_again(ana):
    order = placed(("MUG", 1), payment_terms="cod")
    confirm_order(order.number, actor=ana)
    undo(order, ana)
    confirm_order(order.number, actor=ana)
    assert again(order).cod_outstanding == 100


@pytest.mark.parametrize("came_to", ["new", "confirmed", "processing"])
def test_a_cancellation_is_undone_with_stock_money_and_work(ana, fay, came_to):
    order = placed(("MUG", 2), ("LAMP", 1), paid="300.00")
    if came_to != "new":
        confirm_order(order.number, actor=ana)
    if came_to == "processing":
        release_order(order.number, actor=ana)
    before, shelf = picture(order), stock_of("MUG")
    cancel_order(order.number, reason="other", actor=ana)
    assert Refund.objects.get().status == "requested"
    undo(order, ana)

    assert (picture(order), stock_of("MUG")) == (before, shelf)
    assert Refund.objects.get().status == "declined"
    if came_to != "new":
        assert FulfilmentOrder.objects.filter(status="open").count() == 1


def test_stock_that_somebody_else_got_is_said_and_nothing_is_half_done(ana):
    order = placed(("KETTLE", 8))
    cancel_order(order.number, reason="other", actor=ana)
    placed(("KETTLE", 5))
    seen = preview_undo(order.number, seq=step_of(order).seq, actor=ana)
    assert [r.code for r in seen.refusals] == ["stock_gone"]
    with pytest.raises(Refused, match="3 of the units have been promised to somebody else"):
        undo(order, ana)
    assert again(order).status == "cancelled"


def test_holds_and_assignments_come_and_go_back(ana, cy):
    order = placed()
    assign_order(order.number, username="cy", actor=ana)
    assign_order(order.number, username="ana", actor=ana)
    undo(order, ana)
    assert again(order).assignee == cy
    hold_order(order.number, reason="address", detail="no PIN", actor=ana)
    undo(order, ana)
    assert again(order).open_holds == 0
    hold_order(order.number, reason="address", detail="no PIN", actor=ana)
    clear_hold(order.number, hold_id=Hold.objects.get(cleared_at=None).pk, actor=ana)
    undo(order, ana)
    assert (again(order).stage, Hold.objects.get(cleared_at=None).detail) == ("on_hold", "no PIN")


def test_what_followed_closes_it_and_a_note_does_not(ana, bo, settings):
    order = released(ana)
    assert open_to(order) == []  # released since
    other = placed()
    confirm_order(other.number, actor=ana)
    add_note(other.number, text="Called", actor=ana)
    assert step_of(other).name == "orders.confirmed"
    undo(other, ana)
    with pytest.raises(Refused, match="can no longer be undone"):
        undo_step(other.number, seq=2, actor=ana)


def test_tags_and_who_it_is_assigned_to_stand_beside_what_was_done_before(ana, cy):
    order = placed(("MUG", 2))
    before = picture(order)
    confirm_order(order.number, actor=ana)
    tag_order(order.number, add=["gift"], actor=ana)
    undo(order, ana)  # the tag
    tag_order(order.number, add=["vip"], actor=ana)
    assign_order(order.number, username="cy", actor=ana)
    steps = open_to(order)
    assert [e.name for e in steps] == ["orders.assigned", "orders.tagged", "orders.confirmed"]
    page = signed_in(ana).get(f"/orders/{order.number}/").content.decode()
    assert all(f"/orders/{order.number}/undo/{e.seq}/" in page for e in steps)
    undo_step(order.number, seq=steps[-1].seq, actor=ana)
    assert picture(order) == before | {"assignee_id": cy.pk}
    assert again(order).tags == ["vip"]
    with pytest.raises(Refused, match="since then Ana took the confirmation back"):
        undo_step(order.number, seq=steps[1].seq, actor=ana)

    tag_order(order.number, add=["gift"], actor=ana)
    tag_order(order.number, add=["glass"], actor=ana)
    assert len(open_to(order)) == 1  # the earlier one would take the later one's tag, too


def test_the_window_closes(ana, settings):
    order = placed()
    confirm_order(order.number, actor=ana)
    step = step_of(order)
    settings.UNDO_MINUTES = 0
    assert open_steps([step]) == []
    with pytest.raises(Refused, match="can no longer be undone"):
        undo_step(order.number, seq=step.seq, actor=ana)


def test_a_step_from_a_list_or_a_home_offers_its_way_back_at_once(ana):
    order, client = placed(("MUG", 1)), signed_in(ana)
    home = client.post(f"/orders/{order.number}/confirmation/", {"back": "/orders/"}, follow=True)
    way = f'<a href="/orders/{order.number}/undo/{step_of(order).seq}/">Undo…</a>'
    assert way in home.content.decode()
    noted = client.post(f"/orders/{order.number}/notes/", {"text": "Call first", "back": "/orders/"}, follow=True)
    assert "Note added." in noted.content.decode()
    assert way not in noted.content.decode()


def test_whoever_may_not_make_the_step_may_not_undo_it(ana, bo):
    order = placed()
    confirm_order(order.number, actor=ana)
    with pytest.raises(Refused, match="Only Sales"):
        undo(order, bo)
    assert again(order).status == "confirmed"


def test_a_message_that_waits_is_stopped_and_one_that_went_is_named(ana):
    MessageTemplate.objects.filter(key="orders.confirmed").update(hold_minutes=5)
    order = placed()
    confirm_order(order.number, actor=ana)
    deliver_due()
    message = OutgoingMessage.objects.get()
    assert message.next_at > message.created_at + timedelta(minutes=4)
    seen = preview_undo(order.number, seq=step_of(order).seq, actor=ana)
    assert "will not be sent" in seen.stays[0]
    undo(order, ana)
    assert OutgoingMessage.objects.get().status == "skipped"

    late = placed()
    confirm_order(late.number, actor=ana)
    undo(late, ana)
    deliver_due()  # the message was not even written when the step was undone
    assert OutgoingMessage.objects.get(order=late).status == "skipped"


def test_picked_units_are_named_as_put_back(ana, bo):
    order = released(ana, ("MUG", 2))
    picked(order, bo)
    cancel_order(order.number, reason="other", actor=ana)
    seen = preview_undo(order.number, seq=step_of(order).seq, actor=ana)
    assert seen.stays == ["2 picked units went back to the shelf, to be picked anew."]
    undo(order, ana)
    assert (again(order).stage, again(order).qty_picked) == ("ready_to_pack", 0)
    start_pick(FulfilmentOrder.objects.get(status="open").number, actor=bo)


def test_the_page_says_what_comes_back_and_the_button_does_it(ana):
    order = placed()
    confirm_order(order.number, actor=ana)
    client, seq = signed_in(ana), step_of(order).seq
    url = f"/orders/{order.number}/undo/{seq}/"
    assert url in client.get(f"/orders/{order.number}/").content.decode()
    page = client.get(url).content.decode()
    assert "What is reversed" in page
    assert "Nobody was told" in page
    assert "is as it was before" in client.post(url, follow=True).content.decode()
    assert again(order).status == "new"
    assert "can no longer be undone" in client.get(url).content.decode()
