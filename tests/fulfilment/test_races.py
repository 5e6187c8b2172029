"""Two people at the same moment: the same pick, and a cancellation against a dispatch. Each with its negative control."""

from threading import Event

import pytest

import fulfilment.actions._move as move
import fulfilment.actions.dispatch as leaving
import fulfilment.actions.take as take
import orders.actions.cancel as cancelling
from fulfilment.actions.dispatch import dispatch
from fulfilment.models import FulfilmentOrder
from fulfilment.states import WorkStatus
from oms.access.models import User
from oms.kernel import claims
from oms.kernel.db import retrying
from oms.kernel.errors import Busy, Refused
from orders.actions.cancel import cancel_order
from orders.models import Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.fulfilment.steps import packed, released, sick
from tests.stories import Stock, again, stock_of
from tests.together import PATIENCE, Meeting, at_once, eventually, waiting_for_locks

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def together(*jobs) -> list:
    """Run the jobs at once; what they return or refuse."""

    def run(job):
        try:
            return job()
        except (Refused, Busy) as refused:
            return refused

    return at_once(*(lambda job=job: run(job) for job in jobs))


def two_pickers() -> list:
    """Two pickers ask for the next pick, the second while the first has chosen and not committed; what each of them got."""
    make_shop()
    pickers = [person("bo", "warehouse"), person("bea", "warehouse")]
    assert len([released(pickers[0]) for _ in range(2)]) == 2
    return one_inside_the_other(*(lambda who=who: take.take_next(actor=who).number for who in pickers))


def test_two_pickers_never_get_the_same_work():
    assert len(set(two_pickers())) == 2
    assert sorted(FulfilmentOrder.objects.values_list("assignee", "status")) == [("Bea", "picking"), ("Bo", "picking")]


def test_without_skip_locked_both_reach_for_the_same_work(monkeypatch):
    """Negative control: the same two pickers, each choosing without a lock; the pick's own rules then refuse the second."""
    monkeypatch.setattr(claims, "skip_locked", lambda *tables: "")
    first, second = two_pickers()
    assert isinstance(second, Refused)
    assert [fo.claimed_by.username for fo in FulfilmentOrder.objects.exclude(claimed_by=None)] == ["bo"]
    assert first in set(FulfilmentOrder.objects.values_list("number", flat=True))


def a_parcel() -> tuple[FulfilmentOrder, User]:
    make_shop()
    ana = person("ana", "owner")
    return packed(released(ana), ana), ana


def race(monkeypatch, first: str) -> tuple[list, FulfilmentOrder]:
    """Dispatch and cancel the same order; the one named `first` is inside, its checks passed, before the other begins."""
    fo, ana = a_parcel()
    inside = Event()
    module, name = (leaving, "_leave") if first == "dispatch" else (cancelling, "move_order")
    original = getattr(module, name)

    def stay(*args, **kwargs):
        inside.set()
        eventually(waiting_for_locks, "the other one stands before the lock")
        return original(*args, **kwargs)

    monkeypatch.setattr(module, name, stay)
    jobs = {
        "dispatch": lambda: retrying()(dispatch)(fo.number, carrier="own", tracking_number="T", actor=ana),
        "cancel": lambda: retrying()(cancel_order)(fo.order.number, reason="other", actor=ana),
    }
    second = next(job for job in jobs if job != first)

    def late():
        assert inside.wait(PATIENCE)
        return jobs[second]()

    return together(jobs[first], late), fo


def test_what_was_dispatched_first_is_not_cancelled(monkeypatch):
    (sent, refused), fo = race(monkeypatch, "dispatch")
    assert sent.status == "picked_up"
    assert isinstance(refused, Refused)
    assert "left the warehouse" in refused.message
    assert (again(fo.order).status, stock_of("MUG")) == ("processing", Stock(on_hand=8))
    assert sick() == {}


def test_what_was_cancelled_first_does_not_leave(monkeypatch):
    (cancelled, refused), fo = race(monkeypatch, "cancel")
    assert cancelled.status == "cancelled"
    assert isinstance(refused, Refused)
    fo.refresh_from_db()
    assert (fo.status, fo.shipments.count(), stock_of("MUG")) == (WorkStatus.CANCELLED, 0, Stock(on_hand=10))
    assert sick() == {}


def passed_both(monkeypatch) -> set[str]:
    """Which of the two got past its own checks while the other was past its own and not finished."""
    fo, ana = a_parcel()
    passed, meet = set(), Meeting(2)

    def mark(module, name, who):
        original = getattr(module, name)

        def marked(*args, **kwargs):
            if meet.attend():  # the other one is past its checks too
                passed.add(who)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, marked)

    mark(leaving, "_leave", "dispatch")
    mark(cancelling, "move_order", "cancel")

    def quietly(job):
        def run():
            try:
                return job()
            except Exception as error:  # whatever the database's last line of defence says
                return error

        return run

    together(
        quietly(lambda: dispatch(fo.number, carrier="own", tracking_number="T", actor=ana)),
        quietly(lambda: cancel_order(fo.order.number, reason="other", actor=ana)),
    )
    return passed


def test_never_are_both_past_their_checks(monkeypatch):
    assert passed_both(monkeypatch) == set()


def test_without_the_order_lock_both_get_past_their_checks(monkeypatch):
    """Negative control: the order is read, not locked."""
    monkeypatch.setattr(move, "lock_order_of", lambda model, number: model.objects.get(number=number).order)
    monkeypatch.setattr(cancelling, "lock_order", lambda number: Order.objects.get(number=number))
    assert passed_both(monkeypatch) == {"dispatch", "cancel"}
