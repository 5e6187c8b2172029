"""Payments nobody finished end by themselves, and the order asks for money again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from oms.celery import app
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.channels.draft import PaymentDraft
from payments.actions.authorize import authorize_payment, capture_payment
from payments.actions.void import expire_payment
from payments.models import Payment
from payments.tasks import expire_payments
from tests.stories import again, placed


def waited(order, **ago) -> None:
    at = now() - timedelta(**ago)
    Payment.objects.filter(order=order).update(received_at=at, updated_at=at)


@pytest.mark.parametrize("state", ["pending", "authorized"])
def test_what_nobody_finished_in_a_week_expires(shop, state):
    order = placed(("MUG", 1), payments=(PaymentDraft("card", Decimal(100), state, "g"),))
    fresh = placed(("MUG", 1), payments=(PaymentDraft("card", Decimal(100), state, "h"),))
    waited(order, days=7, minutes=1)
    waited(fresh, days=6)
    assert (expire_payments(), expire_payments()) == (1, 0)
    assert (order.payments.get().status, fresh.payments.get().status) == ("expired", state)
    assert (again(order).authorized_total, order.payments.get().facts.last().kind) == (0, "expired")
    assert not any(run_all(["payments.facts", "payments.order_sums", "events.current", "orders.answer"]).values())


@pytest.mark.parametrize(
    ("method", "state"), [("card", "captured"), ("cod", "cod_due"), ("cod", "pending"), ("upi", "verification_pending")]
)
def test_received_money_and_what_somebody_else_must_do_never_expires(shop, method, state):
    order = placed(("MUG", 1), payments=(PaymentDraft(method, Decimal(100), state, "g"),))
    waited(order, days=300)
    assert expire_payments() == 0
    assert order.payments.get().status == state


def test_money_promised_late_has_its_own_week_to_be_taken(shop):
    order = placed(("MUG", 1), payments=(PaymentDraft("card", Decimal(100), "pending", "g"),))
    waited(order, days=6)
    number = order.payments.get().number
    authorize_payment(number, actor="system")
    Payment.objects.update(received_at=now() - timedelta(days=30))
    assert expire_payments() == 0
    capture_payment(number, actor="system")
    with pytest.raises(Refused, match="Not possible while received"):
        expire_payment(number, actor="system")


def test_the_clock_runs_it():
    assert "payments.tasks.expire_payments" in {entry["task"] for entry in app.conf.beat_schedule.values()}
    app.loader.import_default_modules()
    assert "payments.tasks.expire_payments" in app.tasks
