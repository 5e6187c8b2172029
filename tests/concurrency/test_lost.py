"""Two people answer one lost parcel at once: its customer gets the goods again or the money, never both. With its control."""

import pytest

import fulfilment.actions._move as moving
from fulfilment.actions.answer_loss import refund_loss, send_lost_again
from fulfilment.actions.parcel import lose
from fulfilment.models import Loss
from oms.kernel.errors import Refused
from payments.models import Refund
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.fulfilment.steps import on_road, released, sick
from tests.stories import again

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def two_answers() -> tuple[list, Loss]:
    make_shop()
    bo, cy = person("bo", "warehouse"), person("cy", "support")
    shipment = on_road(released(bo), bo)
    lose(shipment.number, reason="Not at the hub", actor=bo)
    answers = one_inside_the_other(
        lambda: send_lost_again(shipment.number, actor=bo), lambda: refund_loss(shipment.number, actor=cy)
    )
    return answers, Loss.objects.get(shipment=shipment)


def test_the_second_one_is_told_what_the_first_one_decided():
    (sent, refused), loss = two_answers()
    assert isinstance(sent, Loss)
    assert isinstance(refused, Refused)
    assert "answered already: sent again" in refused.message
    assert (loss.answer, again(loss.order).balance_due, Refund.objects.count()) == ("sent_again", 0, 0)
    assert sick() == {}


def test_negative_control_without_the_lock_the_customer_gets_both(monkeypatch):
    monkeypatch.setattr(moving, "lock_order_of", lambda model, number: model.objects.get(number=number).order)
    answers, loss = two_answers()
    assert [isinstance(given, Loss) for given in answers] == [True, True]
    assert again(loss.order).qty_written_off == 0
    assert Refund.objects.count() == 1
