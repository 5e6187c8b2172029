"""A failed delivery waits for an answer, with a clock; nothing of it is forgotten when the answer comes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from fulfilment.actions import parcel
from fulfilment.models import Carrier, Shipment
from fulfilment.parcel_moves import offers, policy
from oms.kernel.clock import now
from oms.ops.doctor.registry import CHECKS
from tests.fulfilment.steps import on_road, released, sick
from tests.stories import again


@pytest.fixture
def failed(shop, bo) -> Shipment:
    Carrier.objects.filter(code="own").update(answer_hours=24)
    shipment = on_road(released(bo), bo)
    return parcel.track(shipment.number, move="fail_attempt", text="Door locked", actor=bo)


def test_a_failed_attempt_asks_support_for_an_answer_within_the_carriers_hours(failed):
    hours = (failed.answer_by - now()).total_seconds() / 3600
    order = again(failed.order)
    assert 23.9 < hours <= 24
    assert (order.next_action, order.owner_team) == ("answer_attempt", "support")
    assert (order.due_at, order.attempt_due_at) == (failed.answer_by, failed.answer_by)
    assert [(b["code"], b["team"]) for b in order.blockers] == [("parcel:attempt_failed", "support")]
    assert sick() == {}


def test_the_clock_runs_from_what_the_carrier_says_and_not_from_when_we_heard(shop, bo):
    shipment = on_road(released(bo), bo)
    at = now() + timedelta(minutes=1)
    parcel.hear(shipment.number, status="attempt_failed", at=at, actor="system")
    shipment.refresh_from_db()
    assert shipment.answer_by == at + timedelta(hours=48)


@pytest.mark.parametrize("answer", ["out_for_delivery", "transit", "deliver", "initiate_rto", "lose"])
def test_every_answer_stops_the_clock(failed, bo, answer):
    if answer in parcel.MOVES:
        parcel.MOVES[answer](failed.number, reason="Neighbour has it", actor=bo)
    else:
        parcel.track(failed.number, move=answer, actor=bo)
    failed.refresh_from_db()
    order = again(failed.order)
    assert (failed.answer_by, order.attempt_due_at) == (None, None)
    assert order.next_action != "answer_attempt"
    assert not any(b["code"] == "parcel:attempt_failed" for b in order.blockers)
    assert sick() == {}


def test_the_deadline_is_in_the_list_the_home_and_on_the_parcel(failed, client, cy):
    client.force_login(cy)
    assert "answer by" in client.get("/warehouse/shipments/?view=attention").text
    page = client.get(f"/warehouse/shipments/{failed.number}/").text
    assert "Answer by" in page
    assert "comes back at our cost" in page
    home = client.get("/?as=support").text
    assert "Failed deliveries" in home
    assert f"/warehouse/shipments/{failed.number}/" in home
    assert failed.order.number in client.get("/orders/?view=all&blocker=parcel").text


def test_the_database_holds_no_deadline_on_a_parcel_that_waits_for_nothing(failed, bo):
    parcel.deliver(failed.number, actor=bo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.filter(number=failed.number).update(answer_by=now())


@pytest.mark.parametrize(
    "fault",
    [
        "UPDATE orders_order SET attempt_due_at = NULL",
        "UPDATE fulfilment_shipment SET answer_by = NULL",
    ],
)
def test_doctor_sees_a_forgotten_deadline(failed, fault):
    assert list(CHECKS["fulfilment.attempts"].run()) == []
    with connection.cursor() as cursor:
        cursor.execute(fault)
    assert list(CHECKS["fulfilment.attempts"].run())


def test_support_whose_step_it_is_may_answer_and_still_not_touch_labels(failed, client, cy):
    client.force_login(cy)
    url = f"/warehouse/shipments/{failed.number}/moves/"
    client.post(url, {"move": "initiate_rto", "reason": "Moved away"})
    failed.refresh_from_db()
    assert failed.status == "rto_initiated"
    found = {o.move: o.reason for o in offers(Shipment.objects.get(), cy)}
    assert found["receive_rto"] == ""
    assert policy("cancel") == policy("manifest") == ("fulfilment", "dispatch")
