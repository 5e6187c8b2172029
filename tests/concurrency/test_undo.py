"""A dispatch is undone while its message is taken in hand, and while the courier delivers it. Each with its negative control."""

import contextlib

import pytest
from django.db import DatabaseError

import fulfilment.actions.take_back as taking_back
import notifications.actions.send as sending
import orders.actions.undo as undoing
from fulfilment.actions.parcel import deliver
from fulfilment.models import Shipment
from notifications.models import MessageTemplate, OutgoingMessage
from oms.access.models import User
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from orders.models import Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.fulfilment.steps import on_road, released, sick

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def sent(**changes) -> tuple[Shipment, User]:
    make_shop()
    ana = person("ana", "owner")
    MessageTemplate.objects.filter(key="fulfilment.dispatched").update(hold_minutes=0)
    MessageTemplate.objects.exclude(key="fulfilment.dispatched").update(is_active=False)
    parcel = on_road(released(ana, **changes), ana)
    deliver_due()
    return parcel, ana


def undo(parcel: Shipment, ana: User) -> Order:
    number = parcel.order.number
    seq = Event.objects.get(stream=number, name="fulfilment.dispatched").seq
    return undoing.undo_step(number, seq=seq, actor=ana)


def while_it_is_sent() -> list:
    """Undo while a sender has taken the message in hand and not yet said so."""
    parcel, ana = sent(email="zoya@example.test")
    return one_inside_the_other(sending._claim_next, lambda: undo(parcel, ana))


def test_a_dispatch_whose_message_is_being_sent_is_not_undone():
    claim, refused = while_it_is_sent()
    assert claim.message.template_key == "fulfilment.dispatched"
    assert isinstance(refused, Refused)
    assert "The customer was told already" in refused.message
    assert Shipment.objects.get().status == "picked_up"
    assert sick() == {}


def test_without_the_messages_lock_the_customer_hears_of_a_parcel_that_did_not_leave(monkeypatch):
    """Negative control: the same moment, the message looked at without waiting for who has it."""

    def look_only(order, step):
        if order.messages.filter(event=step, status__in=("sending", "sent")).exists():
            raise Refused("customer_told", "Told.")

    monkeypatch.setattr(taking_back, "_nobody_was_told", look_only)
    _, order = while_it_is_sent()
    assert isinstance(order, Order)
    assert (Shipment.objects.get().status, _told()) == ("cancelled", "sending")


def _told() -> str:
    return OutgoingMessage.objects.get(template_key="fulfilment.dispatched").status


def while_it_is_delivered() -> object:
    parcel, ana = sent()
    return one_inside_the_other(lambda: deliver(parcel.number, actor=ana), lambda: undo(parcel, ana))[1]


def test_a_parcel_that_is_being_delivered_is_not_fetched_back():
    refused = while_it_is_delivered()
    assert isinstance(refused, Refused)
    assert "since then Ana" in refused.message
    assert Shipment.objects.get().status == "delivered"
    assert sick() == {}


def test_without_the_orders_lock_the_undo_believes_nothing_has_happened(monkeypatch):
    """Negative control: the order is only read; the undo passes its own question and runs into the rows themselves."""
    passed = []
    original = undoing.closed

    def note(*args):
        passed.append(original(*args))
        return passed[-1]

    monkeypatch.setattr(undoing, "lock_order", lambda number: Order.objects.get(number=number))
    monkeypatch.setattr(undoing, "closed", note)
    with contextlib.suppress(DatabaseError):  # what it then runs into is no matter
        while_it_is_delivered()
    assert passed == [None]
