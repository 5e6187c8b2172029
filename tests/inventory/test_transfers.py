"""Transfers: what leaves, what is on the road, what arrives, what is lost, and what is refused."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction

from inventory.actions.transfers.book import book_arrival
from inventory.actions.transfers.count import count_arrival, undo_arrival
from inventory.actions.transfers.draft import Load, draft_transfer, edit_transfer
from inventory.actions.transfers.end import cancel_transfer, close_transfer, recall_transfer
from inventory.actions.transfers.eta import set_arrival
from inventory.actions.transfers.send import send_transfer
from inventory.models import StockMovement, Transfer
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS, run_all
from orders.actions.confirm import confirm_order
from orders.models import Channel, StockPromise
from tests.inventory.buying import incoming
from tests.inventory.moving import loaded, on_the_road, reach
from tests.stories import placed, stock_of


@pytest.fixture(autouse=True)
def _house(shop):
    yield
    assert {code: rows for code, rows in run_all().items() if rows} == {}


def now_is(transfer: Transfer) -> Transfer:
    return Transfer.objects.get(pk=transfer.pk)


def test_a_draft_moves_nothing_and_a_sent_one_is_incoming_where_it_goes(bo):
    transfer = loaded(("MUG", 4), ("KETTLE", 2), actor=bo)
    assert (stock_of("MUG").on_hand, incoming("MUG", "delhi")) == (10, 0)
    send_transfer(transfer.number, actor=bo)
    assert (stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand) == (6, 5)
    assert (incoming("MUG", "delhi"), incoming("KETTLE", "delhi"), incoming("MUG")) == (4, 2, 0)
    with pytest.raises(Refused, match="left already"):
        send_transfer(transfer.number, actor=bo)


def test_promised_units_stay_and_the_sentence_says_how_many_are_free(bo):
    confirm_order(placed(("MUG", 7)).number, actor=bo)
    transfer = loaded(("MUG", 8), ("LAMP", 1), actor=bo)
    with pytest.raises(Refused) as refused:
        send_transfer(transfer.number, actor=bo)
    said = str(refused.value)
    assert "MUG: 8 are to leave Pune and 3 are free" in said
    assert "LAMP: 1 are to leave Pune and 0 are free" in said
    assert (now_is(transfer).status, stock_of("MUG").on_hand) == ("draft", 10)


def test_one_sku_on_two_lines_is_counted_together_before_it_leaves(bo):
    with pytest.raises(Refused, match="12 are to leave Pune and 10 are free"):
        send_transfer(loaded(("MUG", 6), ("MUG", 6), actor=bo).number, actor=bo)


def test_it_arrives_in_parts_and_ends_received(bo):
    transfer = on_the_road(("MUG", 4), ("KETTLE", 2), actor=bo)
    reach(transfer, "MUG", 3, actor=bo)
    assert (now_is(transfer).status, stock_of("MUG", "delhi").on_hand, incoming("MUG", "delhi")) == (
        "part_received",
        8,
        1,
    )
    count_arrival(transfer.number, code="MUG", key=uuid.uuid4(), actor=bo)
    reach(transfer, "KETTLE", 2, actor=bo)
    assert (now_is(transfer).status, stock_of("MUG", "delhi").on_hand, incoming("MUG", "delhi")) == ("received", 9, 0)
    with pytest.raises(Refused, match="on the road any more"):
        count_arrival(transfer.number, code="MUG", key=uuid.uuid4(), actor=bo)
    rows = StockMovement.objects.filter(kind="transfer", product__sku="MUG").order_by("pk")
    assert [row.on_hand for row in rows] == [-4, 3, 1]


def test_one_scan_counts_once_a_wrong_one_nothing_and_the_last_is_taken_back(bo):
    transfer, key = on_the_road(("MUG", 2), actor=bo), uuid.uuid4()
    said = [count_arrival(transfer.number, code="mug", key=key, actor=bo) for _ in range(2)]
    assert said == ["ok", "ok"]
    assert count_arrival(transfer.number, code="KETTLE", key=uuid.uuid4(), actor=bo) == "wrong"
    assert count_arrival(transfer.number, code="MUG", key=uuid.uuid4(), actor=bo) == "complete"
    undo_arrival(transfer.number, actor=bo)
    book_arrival(transfer.number, actor=bo)
    assert stock_of("MUG", "delhi").on_hand == 6


def test_more_than_was_sent_is_not_made_out_of_nothing(bo):
    transfer = on_the_road(("MUG", 2), actor=bo)
    assert count_arrival(transfer.number, code="MUG", qty=3, key=uuid.uuid4(), actor=bo) == "over"
    with pytest.raises(Refused, match="MUG: 3 would be here of 2 sent. Take 1 out"):
        book_arrival(transfer.number, actor=bo, reason="They packed one more")
    assert stock_of("MUG", "delhi").on_hand == 5


def test_what_is_lost_is_closed_short_with_a_reason(bo):
    transfer = on_the_road(("MUG", 4), ("KETTLE", 1), actor=bo)
    count_arrival(transfer.number, code="MUG", qty=3, key=uuid.uuid4(), actor=bo)
    with pytest.raises(Refused, match="is being counted"):
        close_transfer(transfer.number, reason="Stolen", actor=bo)
    with pytest.raises(Refused, match="MUG: 1 is missing"):
        book_arrival(transfer.number, is_last=True, actor=bo)
    book_arrival(transfer.number, is_last=True, reason="Fell off the lorry", actor=bo)
    ended = now_is(transfer)
    assert (ended.status, ended.end_reason) == ("closed", "Fell off the lorry")
    assert [(x.qty_received, x.qty_lost) for x in ended.lines.all()] == [(3, 1), (0, 1)]
    assert (incoming("MUG", "delhi"), incoming("KETTLE", "delhi")) == (0, 0)


def test_nothing_of_it_arrives(bo):
    transfer = on_the_road(("MUG", 4), actor=bo)
    with pytest.raises(Refused, match="Say why"):
        close_transfer(transfer.number, reason=" ", actor=bo)
    close_transfer(transfer.number, reason="The lorry burnt", actor=bo)
    assert (incoming("MUG", "delhi"), stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand) == (0, 6, 5)


def test_only_a_draft_is_cancelled(bo):
    draft, sent = loaded(("MUG", 1), actor=bo), on_the_road(("MUG", 1), actor=bo)
    cancel_transfer(draft.number, reason="Not needed", actor=bo)
    assert now_is(draft).status == "cancelled"
    with pytest.raises(Refused, match="It is on the road"):
        cancel_transfer(sent.number, reason="Not needed", actor=bo)


def test_a_draft_is_rewritten_and_two_hands_never_overwrite_each_other(bo):
    transfer = loaded(("MUG", 1), actor=bo)
    given = {"source": "delhi", "location": "pune", "lines": [Load("MUG", 2)], "eta": business_date(), "actor": bo}
    edit_transfer(transfer.number, version=1, **given)
    assert now_is(transfer).source.code == "delhi"
    with pytest.raises(Refused, match="Somebody changed"):
        edit_transfer(transfer.number, version=1, **given)
    for wrong, said in (({"location": "delhi"}, "two different places"), ({"lines": [Load("NONE", 1)]}, "no SKU NONE")):
        with pytest.raises(Refused, match=said):
            draft_transfer(**(given | wrong))


def test_into_quarantine_serves_nobody(bo):
    reach(on_the_road(("MUG", 4), actor=bo), "MUG", 4, actor=bo, is_quarantined=True)
    there = stock_of("MUG", "delhi")
    assert (there.on_hand, there.quarantined) == (9, 4)


def test_an_order_that_waits_gets_the_day_of_the_transfer_and_follows_it(bo):
    """Delhi's mugs serve it only when they are in Pune, and the promise says with what they come."""
    transfer = loaded(("MUG", 5), source="delhi", location="pune", days=3, actor=bo)
    send_transfer(transfer.number, actor=bo)
    order = placed(("MUG", 12))
    confirm_order(order.number, actor=bo)
    deliver_due()
    from orders.actions.promise import promise_waiting

    promise_waiting(["MUG"], actor=bo)
    promise = StockPromise.objects.current().get()
    assert (promise.ref, promise.due_on) == (transfer.number, business_date() + timedelta(days=3))
    set_arrival(transfer.number, eta=business_date() + timedelta(days=6), reason="No lorry", actor=bo)
    deliver_due()
    moved = StockPromise.objects.current().get()
    assert (moved.due_on, moved.promised_on) == (business_date() + timedelta(days=6), promise.promised_on)
    reach(transfer, "MUG", 5, actor=bo)
    deliver_due()
    assert not StockPromise.objects.current().exists()
    assert Event.objects.filter(name="inventory.transfer_received", stream=transfer.number).exists()


# What a person could break behind the program's back, and the check that must see it.
FAULTS = {
    "stock.incoming": "UPDATE inventory_transferline SET qty_lost = 1",
    "transfers.received": "UPDATE inventory_transferline SET qty_received = 2",
    "transfers.sent": "UPDATE inventory_transferline SET qty = qty + 1",
}


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_doctor_names_a_planted_fault(bo, code):
    reach(on_the_road(("MUG", 4), actor=bo), "MUG", 1, actor=bo)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(FAULTS[code])
        assert list(CHECKS[code].run())
        transaction.set_rollback(True)


def test_a_transfer_at_the_door_is_recalled_whole_and_serves_who_waits_here(bo, client):
    """Ten mugs leave Pune by mistake, somebody wants two of them; before the lorry goes they are taken back."""
    transfer = on_the_road(("MUG", 10), actor=bo)
    Channel.objects.update(location_codes=["pune"])
    waiting = placed(("MUG", 2))
    client.force_login(bo)
    assert client.get(f"/transfers/{transfer.number}/pdf/").content.startswith(b"%PDF")
    assert "Recall it, because" in client.get(f"/transfers/{transfer.number}/").content.decode()
    with pytest.raises(Refused, match="Say why"):
        recall_transfer(transfer.number, reason=" ", actor=bo)
    client.post(f"/transfers/{transfer.number}/recall/", {"reason": "Wrong lorry"})
    deliver_due()
    assert (now_is(transfer).status, stock_of("MUG").on_hand, incoming("MUG", "delhi")) == ("cancelled", 10, 0)
    assert stock_of("MUG").reserved == 2, "who waited is served"
    assert waiting.lines.get().qty_backordered == 0
    assert "recalled it before it left: 10 units" in client.get(f"/transfers/{transfer.number}/").content.decode()
    with pytest.raises(Refused, match="ended"):
        recall_transfer(transfer.number, reason="Again", actor=bo)
    gone = on_the_road(("MUG", 3), actor=bo)
    count_arrival(gone.number, code="MUG", key=uuid.uuid4(), actor=bo)
    with pytest.raises(Refused, match="being counted"):
        recall_transfer(gone.number, reason="Too late", actor=bo)
    book_arrival(gone.number, actor=bo)
    with pytest.raises(Refused, match="did leave"):
        recall_transfer(gone.number, reason="Too late", actor=bo)
    Transfer.objects.filter(pk=gone.pk).update(status="cancelled")
    assert "transfers.recalled" in {code for code, rows in run_all().items() if rows}, (
        "doctor sees what did not come back"
    )
    Transfer.objects.filter(pk=gone.pk).update(status="part_received")
