"""Demo data: the whole business in a house of its own, true in every book, with something on every list."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from demo.house import fill
from demo.people import PEOPLE
from fulfilment.models import Shipment
from inventory.models import PurchaseOrder, StockAlert, StockMovement, Stocktake, Transfer
from inventory.stocktaking import review
from oms.access.models import User
from oms.kernel.clock import now
from orders.models import Amendment, Hold, ImportBatch, Order, ShareDecision
from orders.sharing.desk import rows as desk_rows
from orders.states import OrderStatus, PaymentStatus, StageKey
from payments.models import Payment, Refund
from returns.models import Return

# One process loads the house for all of them.
pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.xdist_group("house")]


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The full demo for every test of this file, and an empty house again afterwards."""
    mailbox = override_settings(EMAIL_BACKEND="notifications.mailbox.MailboxBackend")  # as the demo has it
    with django_db_blocker.unblock(), mailbox, transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)


def test_a_file_came_in_and_two_rows_of_it_wait_to_be_put_right(house):
    batch = ImportBatch.objects.get()
    assert (batch.phase, batch.created, batch.rejected) == ("done", 2, 2)
    assert [(row.row, row.column) for row in batch.rejects.order_by("row")] == [(5, "quantity"), (6, "unit_price")]


def test_a_buyer_who_ordered_twice_waits_for_sales(house):
    hold = Hold.objects.get(rule="twin")
    assert (hold.cleared_at, hold.owner_team) == (None, "sales")
    assert hold.order.customer.orders.filter(status="new").count() == 2


def count(rows, column: str) -> Counter:
    return Counter(rows.order_by().values_list(column, flat=True))


def test_doctor_finds_nothing(house):
    call_command("doctor")


def test_four_hundred_orders_in_every_stage_few_of_them_late(house):
    orders = Order.objects.all()
    assert 390 <= orders.count() <= 445
    missing = (
        set(StageKey.values)
        - set(count(orders, "stage"))
        - {"draft", "partly_delivered", "confirmed", "returned"}  # these last for minutes or are rare
    )
    assert not missing, missing
    assert set(OrderStatus.values) - set(count(orders, "status")) <= {"draft"}
    assert orders.values("channel").distinct().count() == 6
    assert (now() - orders.earliest("placed_at").placed_at).days in range(50, 61)
    opened = orders.open().count()
    assert 60 <= opened <= 120
    assert 5 <= orders.late().count() <= opened / 3
    assert min(count(Hold.objects.filter(cleared_at=None), "reason__key").values()) >= 1


def test_every_kind_of_payment_parcel_and_return_is_there(house):
    assert set(PaymentStatus.values) - set(count(Order.objects.all(), "payment_status")) <= {"refunded"}
    assert {"cod_due", "cod_collected", "disputed", "verification_pending"} <= set(
        count(Payment.objects.all(), "status")
    )
    assert {"requested", "approved", "sent", "succeeded", "declined"} <= set(count(Refund.objects.all(), "status"))
    parcels = {
        "picked_up",
        "in_transit",
        "attempt_failed",
        "delayed",
        "rto_in_transit",
        "rto_received",
        "lost",
        "delivered",
    }
    assert parcels <= set(count(Shipment.objects.all(), "status"))
    returns = {
        "requested",
        "awaiting_item",
        "in_transit",
        "partially_received",
        "received",
        "inspected",
        "resolved",
        "declined",
    }
    assert returns <= set(count(Return.objects.all(), "status"))
    purchases = {"draft", "sent", "part_received", "received", "closed", "cancelled"}
    assert purchases <= set(count(PurchaseOrder.objects.all(), "status"))
    assert purchases <= set(count(Transfer.objects.all(), "status"))


def test_a_change_stands_at_every_stop(house):
    assert set(count(Amendment.objects.all(), "status")) == {"draft", "requested", "approved", "applied", "declined"}


def test_nothing_is_dated_after_the_moment_it_stands_for(house):
    at = now()
    for rows, column in (
        (Order, "placed_at"),
        (Shipment, "created_at"),
        (StockMovement, "at"),
        (Return, "status_since"),
    ):
        newest = rows.objects.latest(column)
        assert getattr(newest, column) <= at
    first = Shipment.objects.earliest("created_at")
    assert (at - first.created_at).days >= 5, "history is dated when it happened, not when it was loaded"


@pytest.mark.parametrize("username", [name for name, _, role in PEOPLE])
def test_nobodys_home_is_empty(house, client, username):
    client.force_login(User.objects.get(username=username))
    page = client.get("/").content.decode()
    assert "SO-" in page or "By source" in page


def test_scarce_lamps_wait_for_a_decision_and_shelves_run_low(house):
    brass, glass = (
        next(row for row in desk_rows()[0] if row.product.sku == sku) for sku in ("LAMP-BRASS", "LAMP-GLASS")
    )
    assert brass.waits_for_decision and brass.waiting > brass.free >= 6 and brass.orders >= 5
    assert (glass.waiting, glass.free, glass.waits_for_decision) == (7, 5, True)
    assert ShareDecision.objects.get().product.sku == "LAMP-BRASS"
    waiting = Order.objects.filter(next_action="share_stock")
    assert waiting.count() >= 5 and waiting.filter(lines__sku="SET-STUDY").exists()
    alerts = StockAlert.objects.all()
    uncovered = alerts.open().uncovered().count()
    assert uncovered and alerts.open().count() > uncovered and alerts.filter(cleared_at__isnull=False).exists()


def test_a_shelf_was_counted_and_one_unit_is_missing(house):
    found = review(Stocktake.objects.get(status="review"))
    assert (found.differing, found.fewer, found.missing) == (1, 1, 1)


def test_one_order_is_split_and_two_are_merged(house):
    part = Order.objects.get(split_from__isnull=False)
    assert part.split_from.is_open
    assert Order.objects.filter(status=OrderStatus.CANCELLED, end_reason__startswith="Merged into").count() == 1
