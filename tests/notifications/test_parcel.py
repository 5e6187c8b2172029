"""A parcel's message says what is in it, who carries it and where to follow it."""

import pytest

from fulfilment.actions.parcel import deliver
from fulfilment.models import Carrier
from notifications.models import OutgoingMessage
from oms.events.relay import deliver_due
from orders.seeds import seed
from tests.fulfilment.steps import on_road, released

pytestmark = pytest.mark.django_db


def written(order) -> str:
    deliver_due()
    return OutgoingMessage.objects.filter(order=order).latest("pk").body


def test_the_messages_about_a_parcel_say_what_is_in_it(shop, bo):
    seed()
    order = released(bo, ("MUG", 2), ("KETTLE", 1), email="zoya@example.test")
    parcel = on_road(order, bo, tracking="T 7/9")
    Carrier.objects.filter(pk=parcel.carrier_id).update(tracking_url="https://track.example/{number}")
    body = written(order)
    for said in (
        "2 × Mug",
        "1 × Kettle",
        f"Carrier: {parcel.carrier.name}",
        "T 7/9",
        "https://track.example/T%207%2F9",
    ):
        assert said in body
    deliver(parcel.number, actor=bo)
    assert "2 × Mug\n1 × Kettle" in written(order)


def test_without_an_address_to_follow_it_the_message_says_where_to_look(shop, bo):
    seed()
    order = released(bo, ("MUG", 1), email="zoya@example.test")
    Carrier.objects.update(tracking_url="")
    on_road(order, bo)
    assert "Follow it here: the page of the carrier" in written(order)
