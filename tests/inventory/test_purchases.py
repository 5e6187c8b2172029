"""Purchase orders: what they make expected, how deliveries become stock, and what is refused."""

import uuid
from datetime import date, timedelta

import pytest

from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery, undo_count
from inventory.actions.purchases.draft import Wish, edit_draft
from inventory.actions.purchases.end import cancel_purchase, close_purchase, cut_line
from inventory.actions.purchases.eta import Expected, set_etas
from inventory.actions.purchases.send import send_purchase
from inventory.actions.purchases.supplier import keep_items
from inventory.models import Product, PurchaseOrder, Receipt, StockMovement
from inventory.purchasing import answer, load_purchase
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.confirm import confirm_order
from tests.inventory.buying import arrive, drafted, incoming, sent, supplier
from tests.stories import again, placed, stock_of


@pytest.fixture(autouse=True)
def _house(shop):
    yield
    assert {code: rows for code, rows in run_all().items() if rows} == {}


def now_is(purchase: PurchaseOrder) -> PurchaseOrder:
    return PurchaseOrder.objects.get(pk=purchase.pk)


def names(purchase: PurchaseOrder) -> list[str]:
    found = Event.objects.filter(stream=purchase.number).order_by("seq").values_list("name", flat=True)
    return [name.removeprefix("inventory.purchase_") for name in found]


def test_a_draft_is_expected_by_nobody_and_a_sent_one_after_the_lead_time(bo):
    purchase = drafted(("LAMP", 10), ("MUG", 5, 3), actor=bo)
    assert incoming("LAMP") == 0
    send_purchase(purchase.number, actor=bo)
    assert (incoming("LAMP"), incoming("MUG"), incoming("LAMP", "delhi")) == (10, 5, 0)
    today = business_date()
    assert [x.eta for x in purchase.lines.all()] == [today + timedelta(days=7), today + timedelta(days=3)]
    with pytest.raises(Refused, match="sent already"):
        send_purchase(purchase.number, actor=bo)


def test_an_empty_draft_is_not_sent(bo):
    with pytest.raises(Refused, match="Add at least one line"):
        send_purchase(drafted(actor=bo).number, actor=bo)


def test_every_wrong_line_of_a_draft_is_named(bo):
    purchase = drafted(("LAMP", 1), actor=bo)
    with pytest.raises(Refused) as refused:
        edit_draft(
            purchase.number,
            supplier="acme",
            location="pune",
            lines=[Wish("NONE", 1), Wish("LAMP", 0)],
            actor=bo,
            version=1,
        )
    assert [r.code for r in refused.value.reasons] == ["sku_unknown", "qty_not_positive"]
    assert purchase.lines.count() == 1


def test_two_people_on_one_draft_never_overwrite_each_other(bo, olga):
    purchase = drafted(("LAMP", 1), actor=bo)
    given = {"supplier": "acme", "location": "delhi", "lines": [Wish("MUG", 3)], "version": 1}
    edit_draft(purchase.number, actor=bo, **given)
    with pytest.raises(Refused, match="changed PO-"):
        edit_draft(purchase.number, actor=olga, **given | {"location": "pune"})
    assert now_is(purchase).location.code == "delhi"


def test_a_part_arrives_then_the_rest_and_each_is_in_the_ledger_once(bo):
    purchase = sent(("LAMP", 10), actor=bo)
    arrive(purchase, "LAMP", 4, actor=bo, reference="DN-1")
    assert (now_is(purchase).status, stock_of("LAMP").on_hand, incoming("LAMP")) == ("part_received", 4, 6)
    arrive(purchase, "LAMP", 6, actor=bo)
    assert (now_is(purchase).status, stock_of("LAMP").on_hand, incoming("LAMP")) == ("received", 10, 0)
    assert list(StockMovement.objects.filter(product__sku="LAMP").values_list("kind", "on_hand").order_by("pk")) == [
        ("receipt", 4), ("receipt", 6),
    ]  # fmt: skip
    close_purchase(purchase.number, actor=bo)
    assert names(purchase) == ["drafted", "sent", "part_received", "received", "closed"]
    with pytest.raises(Refused, match="Nothing of it is expected"):
        count_delivery(purchase.number, code="LAMP", key=uuid.uuid4(), actor=bo)


def test_waiting_orders_get_what_arrives(bo, ana):
    order = placed(("LAMP", 3), paid="300.00")
    confirm_order(order.number, actor=ana)
    arrive(sent(("LAMP", 5), actor=bo), "LAMP", 5, actor=bo)
    deliver_due()
    assert (again(order).qty_allocated, again(order).qty_backordered, stock_of("LAMP").allocated) == (3, 0, 3)


def test_quarantined_goods_serve_nobody_yet(bo, ana):
    order = placed(("LAMP", 3))
    arrive(sent(("LAMP", 5), actor=bo), "LAMP", 5, actor=bo, is_quarantined=True)
    deliver_due()
    assert (stock_of("LAMP").on_hand, stock_of("LAMP").quarantined, incoming("LAMP")) == (5, 5, 0)
    assert again(order).qty_backordered == 3


def test_the_same_scan_sent_twice_counts_once(bo):
    purchase, key = sent(("LAMP", 2), actor=bo), uuid.uuid4()
    assert [count_delivery(purchase.number, code="lamp", key=key, actor=bo) for _ in range(2)] == ["ok", "ok"]
    assert count_delivery(purchase.number, code="LAMP", key=uuid.uuid4(), actor=bo) == "complete"
    book_delivery(purchase.number, actor=bo)
    assert stock_of("LAMP").on_hand == 2


def test_scanner_reads_barcode_sku_and_the_suppliers_code(bo):
    Product.objects.filter(sku="LAMP").update(barcode="8901234567890")
    keep_items(supplier(), [("LAMP", "AC-77", 40, 1)])
    purchase = sent(("LAMP", 9), actor=bo)
    for code in ("8901234567890", "lamp", "ac-77"):
        assert count_delivery(purchase.number, code=code, key=uuid.uuid4(), actor=bo) == "ok"
    assert count_delivery(purchase.number, code="MUG", key=uuid.uuid4(), actor=bo) == "wrong"
    with pytest.raises(Refused, match="Scan a barcode"):
        count_delivery(purchase.number, code=" \x00", key=uuid.uuid4(), actor=bo)
    undone = undo_count(purchase.number, actor=bo)
    assert undone.code == "ac-77"
    book_delivery(purchase.number, actor=bo)
    assert stock_of("LAMP").on_hand == 2


def test_one_sku_on_two_lines_fills_the_earlier_first(bo):
    purchase = sent(("LAMP", 3, 2), ("LAMP", 5, 9), actor=bo)
    arrive(purchase, "LAMP", 4, actor=bo)
    assert [x.qty_received for x in purchase.lines.all()] == [3, 1]
    assert incoming("LAMP") == 4


def test_more_than_the_tolerance_needs_a_reason(bo):
    supplier(over_percent=10)
    purchase = sent(("LAMP", 10), actor=bo)
    arrive(purchase, "LAMP", 11, actor=bo)
    assert (stock_of("LAMP").on_hand, incoming("LAMP")) == (11, 0)
    again_ = sent(("LAMP", 10), actor=bo)
    assert count_delivery(again_.number, code="LAMP", qty=12, key=uuid.uuid4(), actor=bo) == "over"
    with pytest.raises(Refused, match="12 would be here of 10 ordered, 1 over what"):
        book_delivery(again_.number, actor=bo)
    assert stock_of("LAMP").on_hand == 11
    book_delivery(again_.number, actor=bo, reason="Free samples")
    assert (stock_of("LAMP").on_hand, now_is(again_).status) == (23, "received")
    assert answer(load_purchase(bo, again_.number)).why == "2 more than ordered"


def test_a_last_delivery_that_is_short_needs_a_reason_and_frees_the_rest(bo):
    purchase = sent(("LAMP", 10), actor=bo)
    with pytest.raises(Refused, match="6 are missing"):
        arrive(purchase, "LAMP", 4, actor=bo, is_last=True)
    book_delivery(purchase.number, actor=bo, is_last=True, reason="Out of production")
    assert answer(load_purchase(bo, purchase.number)).why == "6 units given up"
    assert (now_is(purchase).status, incoming("LAMP"), purchase.lines.get().qty_cancelled) == ("received", 0, 6)


def test_nothing_counted_books_nothing(bo):
    purchase = sent(("LAMP", 10), actor=bo)
    with pytest.raises(Refused, match="Count at least one"):
        book_delivery(purchase.number, actor=bo)
    assert not Receipt.objects.exists()


def test_cancelling_cutting_and_closing_take_it_off_what_is_expected(bo):
    purchase = sent(("LAMP", 10), actor=bo)
    cut_line(purchase.number, line_id=purchase.lines.get().pk, qty=3, reason="Sold out", actor=bo)
    assert incoming("LAMP") == 7
    with pytest.raises(Refused, match="Nothing has arrived; cancel it"):
        close_purchase(purchase.number, reason="x", actor=bo)
    cancel_purchase(purchase.number, reason="Too late", actor=bo)
    assert incoming("LAMP") == 0
    other = sent(("LAMP", 10), actor=bo)
    arrive(other, "LAMP", 1, actor=bo)
    with pytest.raises(Refused, match="A part has arrived"):
        cancel_purchase(other.number, reason="Too late", actor=bo)
    with pytest.raises(Refused, match="9 units are missing"):
        close_purchase(other.number, actor=bo)
    close_purchase(other.number, reason="Bankrupt", actor=bo)
    assert incoming("LAMP") == 0


def test_a_count_in_progress_keeps_the_order_from_ending(bo):
    purchase = sent(("LAMP", 10), actor=bo)
    count_delivery(purchase.number, code="LAMP", key=uuid.uuid4(), actor=bo)
    with pytest.raises(Refused, match="is being counted"):
        cancel_purchase(purchase.number, reason="Too late", actor=bo)


def test_a_moved_day_is_said_with_what_it_was(bo):
    purchase = sent(("LAMP", 10), ("MUG", 1), actor=bo)
    lamp, mug = purchase.lines.all()
    new = Expected(date(2027, 3, 1), is_confirmed=True)
    assert set_etas(purchase.number, {lamp.pk: new, mug.pk: Expected(mug.eta, False)}, actor=bo, reason="Strike") == [
        lamp
    ]
    event = Event.objects.filter(name="inventory.purchase_eta").get()
    assert event.payload["skus"] == ["LAMP"]
    assert event.payload["days"][0] | {"was": ""} == {"sku": "LAMP", "was": "", "eta": "2027-03-01", "confirmed": True}
    assert set_etas(purchase.number, {lamp.pk: new}, actor=bo) == []


# What a person could break behind the program's back, and the check that must see it.
FAULTS = {
    "stock.incoming": "UPDATE inventory_stocklevel SET incoming = incoming + 1 WHERE incoming > 0",
    "purchases.received": "UPDATE inventory_purchaseline SET qty_received = 3",
}


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_doctor_names_a_planted_fault(bo, code):
    from django.db import connection, transaction

    from oms.ops.doctor.registry import CHECKS

    arrive(sent(("LAMP", 10), actor=bo), "LAMP", 4, actor=bo)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(FAULTS[code])
        assert list(CHECKS[code].run())
        transaction.set_rollback(True)
