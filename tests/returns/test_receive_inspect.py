"""Goods that come back are in the building but nobody's to sell until somebody looked at them."""

import pytest

from inventory.models import StockMovement
from oms.kernel.errors import Refused
from returns.actions.decide import approve_return
from returns.actions.inspect import Finding, clear_quarantine, inspect_return
from returns.actions.receive import receive_return
from tests.returns import steps, story
from tests.returns.story import Stock, stock_of

pytestmark = pytest.mark.django_db


def test_received_units_are_quarantined_and_sellable_only_after_inspection(order, ana, bo):
    assert stock_of("MUG") == Stock(on_hand=7, available=7)

    rma = steps.received(order, 2, actor=ana)
    assert stock_of("MUG") == Stock(on_hand=9, quarantined=2, available=7)

    inspect_return(rma.number, findings=[Finding(rma.lines.get().pk, 2, "as_new", "restock")], actor=bo)
    assert stock_of("MUG") == Stock(on_hand=9, available=9)
    assert (rma.lines.get().qty_restocked, rma.lines.get().qty_inspected) == (2, 2)


@pytest.mark.parametrize(
    ("disposition", "after"),
    [
        ("restock", Stock(on_hand=10, available=10)),
        ("quarantine", Stock(on_hand=10, quarantined=3, available=7)),
        ("refurbish", Stock(on_hand=10, damaged=3, available=7)),
        ("return_to_vendor", Stock(on_hand=10, damaged=3, available=7)),
        ("scrap", Stock(on_hand=7, available=7)),
        ("customer_keeps", Stock(on_hand=7, available=7)),
    ],
)
def test_where_inspected_units_go(order, ana, disposition, after):
    steps.inspected(order, 3, actor=ana, disposition=disposition)

    assert stock_of("MUG") == after


def test_a_line_can_be_split_by_what_was_found(order, ana, bo):
    rma = steps.received(order, 3, actor=ana)
    pk = rma.lines.get().pk

    inspect_return(
        rma.number, findings=[Finding(pk, 2, "as_new", "restock"), Finding(pk, 1, "used", "scrap", "Stained")], actor=bo
    )

    assert stock_of("MUG") == Stock(on_hand=9, available=9)
    assert list(rma.lines.get().inspections.values_list("qty", "condition", "inspected_by")) == [
        (2, "as_new", "Bo"),
        (1, "used", "Bo"),
    ]


def test_every_received_unit_must_be_accounted_for(order, ana):
    rma = steps.received(order, 3, actor=ana)

    with pytest.raises(Refused, match="3 units received but 2 inspected"):
        inspect_return(rma.number, findings=[Finding(rma.lines.get().pk, 2, "as_new", "restock")], actor=ana)
    assert stock_of("MUG") == Stock(on_hand=10, quarantined=3, available=7)


@pytest.mark.parametrize("condition", ["damaged", "incomplete", "wrong_item"])
def test_what_is_broken_cannot_go_back_on_sale(order, ana, condition):
    rma = steps.received(order, 1, actor=ana)

    with pytest.raises(Refused, match="cannot go back on sale"):
        inspect_return(rma.number, findings=[Finding(rma.lines.get().pk, 1, condition, "restock")], actor=ana)


def test_units_left_in_quarantine_can_be_decided_later_once(order, ana, bo):
    rma = steps.inspected(order, 2, actor=ana, disposition="quarantine")
    found = rma.lines.get().inspections.get()

    clear_quarantine(rma.number, inspection_id=found.pk, disposition="restock", actor=bo)
    assert stock_of("MUG") == Stock(on_hand=9, available=9)
    with pytest.raises(Refused, match="not in quarantine any more"):
        clear_quarantine(rma.number, inspection_id=found.pk, disposition="scrap", actor=bo)


def test_a_return_may_arrive_in_parts_and_the_rest_never(order, ana, bo):
    rma = steps.approved(order, 3, actor=ana)
    pk = rma.lines.get().pk

    assert receive_return(rma.number, quantities={pk: 1}, location="pune", actor=bo).status == "partially_received"
    assert receive_return(rma.number, quantities={pk: 1}, location="pune", actor=bo).status == "partially_received"
    assert stock_of("MUG").quarantined == 2
    rma = receive_return(rma.number, quantities={}, location="pune", actor=bo, is_last=True)
    assert rma.status == "received"
    assert StockMovement.objects.filter(kind="return").count() == 2
    # The unit that never came is free to be asked for again.
    assert steps.asked(order, 1, actor=ana).qty == 1


def test_receiving_says_returned_on_the_order(order, line, ana):
    steps.received(order, 2, actor=ana)

    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.qty_returned, line.qty_returned, order.return_status) == (2, 2, "in_progress")
    assert order.next_action == "receive_return"


def test_more_than_expected_another_place_and_an_empty_parcel_are_refused(order, ana, bo):
    rma = steps.approved(order, 2, actor=ana)
    pk = rma.lines.get().pk
    with pytest.raises(Refused, match="2 of 2 units are still expected, not 3"):
        receive_return(rma.number, quantities={pk: 3}, location="pune", actor=bo)
    with pytest.raises(Refused, match="Choose the place"):
        receive_return(rma.number, quantities={pk: 1}, location="mars", actor=bo)
    with pytest.raises(Refused, match="Count at least one"):
        receive_return(rma.number, quantities={}, location="pune", actor=bo)
    with pytest.raises(Refused, match="Nothing has arrived yet"):
        receive_return(rma.number, quantities={}, location="pune", actor=bo, is_last=True)


def test_nothing_is_received_before_it_is_approved(order, ana, bo):
    rma = steps.asked(order, 1, actor=ana)

    with pytest.raises(Refused, match="Approve it first"):
        receive_return(rma.number, quantities={rma.lines.get().pk: 1}, location="pune", actor=bo)


def test_a_claim_can_be_settled_without_goods_coming_back(order, ana):
    rma = approve_return(steps.asked(order, 1, actor=ana, type="claim").number, actor=ana, item_expected=False)

    assert rma.status == "inspected"
    assert stock_of("MUG") == Stock(on_hand=7, available=7)
    assert story.said(order)[-1] == "returns.item_waived"
