"""Every state has an exit, and every step that is not possible says why."""

from datetime import timedelta

import pytest

from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.lifecycle import edges, refusals
from returns.actions.decide import approve_return, decline_return, reopen_return
from returns.actions.finish import cancel_return, close_return, expire_return
from returns.actions.receive import receive_return
from returns.actions.transit import mark_in_transit
from returns.models import Return
from returns.states import ReturnStatus
from returns.tasks import expire_returns
from tests.returns import steps, story

pytestmark = pytest.mark.django_db

MOVES = {
    ("requested", "approve", "approved"), ("requested", "decline", "declined"), ("requested", "cancel", "cancelled"),
    ("approved", "await_item", "awaiting_item"), ("approved", "waive_item", "inspected"),
    ("approved", "cancel", "cancelled"), ("approved", "expire", "expired"),
    ("awaiting_item", "mark_in_transit", "in_transit"), ("awaiting_item", "cancel", "cancelled"),
    ("awaiting_item", "expire", "expired"), ("awaiting_item", "receive_part", "partially_received"),
    ("awaiting_item", "receive", "received"), ("in_transit", "receive_part", "partially_received"),
    ("in_transit", "receive", "received"), ("in_transit", "cancel", "cancelled"), ("in_transit", "expire", "expired"),
    ("partially_received", "receive_part", "partially_received"), ("partially_received", "receive", "received"),
    ("received", "inspect", "inspected"), ("inspected", "resolve", "resolved"), ("resolved", "close", "closed"),
    ("declined", "reopen", "requested"), ("cancelled", "reopen", "requested"), ("expired", "reopen", "requested"),
    ("closed", "reopen_file", "resolved"),
}  # fmt: skip


def test_the_machine_is_exactly_this_table():
    assert {(e.source, e.move, e.target) for e in edges(Return)} == MOVES


def test_every_state_can_be_left_and_reached():
    assert {source for source, _, _ in MOVES} == set(ReturnStatus.values)
    assert {target for _, _, target in MOVES} == set(ReturnStatus.values)


def test_every_move_says_whose_it_is():
    assert all(e.team and e.label for e in edges(Return))


def test_a_declined_return_can_be_asked_again_and_approved(order, ana):
    rma = decline_return(steps.asked(order, 2, actor=ana).number, reason="No photo", actor=ana)
    order.refresh_from_db()
    assert (order.open_returns, order.return_status) == (0, "none")

    reopen_return(rma.number, reason="Photo came", actor=ana)
    assert approve_return(rma.number, actor=ana).status == "awaiting_item"


def test_asking_again_is_refused_when_another_return_took_the_units(order, ana):
    rma = cancel_return(steps.asked(order, 3, actor=ana).number, reason="Typing error", actor=ana)
    steps.asked(order, 1, actor=ana)

    with pytest.raises(Refused, match="only 2 of 3"):
        reopen_return(rma.number, reason="They want it after all", actor=ana)


def test_a_return_on_its_way_can_be_cancelled_but_not_after_a_unit_arrived(order, ana, bo):
    rma = mark_in_transit(steps.approved(order, 2, actor=ana).number, actor=ana, tracking_number="TRK-77")
    receive_return(rma.number, quantities={rma.lines.get().pk: 1}, location="pune", actor=bo)

    with pytest.raises(Refused, match="Units have arrived; inspect and settle them"):
        cancel_return(rma.number, reason="x", actor=ana)
    order.refresh_from_db()
    assert "trk-77" in order.search_terms

    other = mark_in_transit(steps.approved(order, 1, actor=ana).number, actor=ana)
    assert cancel_return(other.number, reason="Customer keeps it", actor=ana).status == "cancelled"


def test_a_parcel_that_never_comes_lets_the_return_lapse_and_frees_the_units(order, ana):
    rma = steps.approved(order, 3, actor=ana)
    with pytest.raises(Refused, match="may still arrive"):
        expire_return(rma.number)
    assert expire_returns() == 0

    Return.objects.filter(pk=rma.pk).update(expires_at=now() - timedelta(hours=1))
    assert expire_returns() == 1
    rma.refresh_from_db()
    order.refresh_from_db()
    assert (rma.status, order.open_returns) == ("expired", 0)
    assert steps.asked(order, 3, actor=ana).qty == 3


def test_a_reason_is_needed_to_decline_cancel_and_reopen(order, ana):
    number = steps.asked(order, 1, actor=ana).number
    for end in (decline_return, cancel_return, reopen_return):
        with pytest.raises(Refused, match="Say w"):
            end(number, reason="  ", actor=ana)


def test_a_closed_file_can_be_opened_and_closed_again(order, ana):
    rma = close_return(steps.settled(order, 1, actor=ana).number, actor=ana)
    reopen_return(rma.number, reason="Photos to add", actor=ana)
    assert close_return(rma.number, actor=ana).status == "closed"


def test_refusals_are_sentences(order, ana):
    rma = steps.asked(order, 1, actor=ana)
    assert [r.message for r in refusals(rma, "resolve")] == ["Approve it first."]


def test_the_chain_of_moves_is_unbroken(order, ana):
    rma = close_return(steps.settled(order, 2, actor=ana).number, actor=ana)

    chain = list(
        Event.objects.filter(subject=rma.number, machine="return")
        .order_by("seq")
        .values_list("source", "move", "target")
    )
    assert chain[0] == ("", "create", "requested")
    assert [source for source, _, _ in chain[1:]] == [target for _, _, target in chain[:-1]]
    assert {(s, m, t) for s, m, t in chain[1:]} <= MOVES
    assert story.said(order)[-1] == "returns.closed"
