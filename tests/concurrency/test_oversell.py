"""B-1, C-01, cap22-01: the last units, 64 buyers at once, through the real capture path; and the twin without protection."""

import pytest

import inventory.actions.reserve as reserve
import inventory.ledger as ledger
from inventory.actions.buffer import keep_back
from inventory.actions.transfer import transfer_stock
from inventory.models import Allocation, Product, StockLevel
from orders.actions.capture import capture_orders
from orders.models import Channel, Order
from tests.concurrency.last_units import without_the_check
from tests.conftest import make_shop
from tests.inventory.kits import SET, tea_set
from tests.stories import draft
from tests.together import Meeting, at_once

BUYERS = 64
UNITS = 10


def rush() -> int:
    """64 threads each want one of the 10 kettles at the same moment; return how many units were promised in all."""
    make_shop()
    return sell(BUYERS)


def sell(buyers: int, sku: str = "KETTLE") -> int:
    channel = Channel.objects.get(code="web")
    orders = [draft((sku, 1), external_id=f"rush-{i}", email=f"buyer{i}@example.test") for i in range(buyers)]
    got = at_once(*(lambda o=o: capture_orders([o], channel=channel, actor="system")[0].outcome for o in orders))
    assert got == ["created"] * buyers
    return sum(Allocation.objects.filter(product__sku=sku).values_list("qty", flat=True))


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_last_units_are_sold_once_each():
    promised = rush()

    level = StockLevel.objects.get(product__sku="KETTLE")
    assert promised == level.reserved == UNITS
    assert level.available == 0
    assert Order.objects.count() == BUYERS
    assert sum(Order.objects.values_list("qty_backordered", flat=True)) == BUYERS - UNITS


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_claim_and_the_check_it_oversells(monkeypatch):
    """Negative control: the same rush with the guard of the claim and the CHECK behind it switched off."""
    monkeypatch.setattr(ledger, "ENOUGH", "true")
    monkeypatch.setattr(reserve, "_read_stock", _read_stock_and_dawdle(reserve._read_stock))
    with without_the_check():
        assert rush() > UNITS
    assert Product.objects.exists()


KEPT = 3


def rush_with_a_buffer() -> int:
    """The same rush; the website leaves the last three kettles, wherever they lie: nine in Pune, one in Delhi."""
    make_shop()
    transfer_stock(
        "KETTLE", source_place="pune", target_place="delhi", qty=1, source="van", reason="Shop window", actor="system"
    )
    keep_back("KETTLE", channel="web", qty=KEPT, actor="system")
    return sell(BUYERS)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_channel_leaves_its_last_units_however_many_ask_at_once():
    assert rush_with_a_buffer() == UNITS - KEPT
    Channel.objects.create(code="shop", name="Shop")
    left = [draft(("KETTLE", KEPT), email="till@example.test")]
    capture_orders(left, channel=Channel.objects.get(code="shop"), actor="system")
    assert sum(StockLevel.objects.filter(product__sku="KETTLE").values_list("available", flat=True)) == 0
    assert sum(Order.objects.values_list("qty_backordered", flat=True)) == BUYERS - (UNITS - KEPT)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_without_its_condition_in_the_claim_a_channel_sells_what_it_should_leave(monkeypatch):
    """Negative control: the claim no longer asks what the channel leaves; every buyer reads the shelves of the morning."""
    monkeypatch.setattr(ledger, "LEAVES", "true")
    monkeypatch.setattr(reserve, "_for_sale", lambda order, shelves: shelves.stock)
    assert rush_with_a_buffer() > UNITS - KEPT


SETS, KEPT_SETS = 5, 2  # the shelves make five; a component alone is never the reason to stop at three


def rush_for_kits() -> int:
    make_shop()
    tea_set()
    keep_back(SET, channel="web", qty=KEPT_SETS, actor="system")
    return sell(12, SET)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_channel_leaves_its_last_kits_too():
    assert rush_for_kits() == SETS - KEPT_SETS


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_without_the_condition_of_the_kit_in_the_claim_it_does_not(monkeypatch):
    """Negative control: the claim asks only for components; every buyer reads the shelves of the morning."""
    monkeypatch.setattr(ledger, "LEAVES", ledger.LEAVES.partition(" AND ")[0])
    monkeypatch.setattr(reserve, "_for_sale", lambda order, shelves: shelves.stock)
    assert rush_for_kits() > SETS - KEPT_SETS


def _read_stock_and_dawdle(read):
    """Nobody claims before one buyer more than there are units has read the stock."""
    meet = Meeting(UNITS + 1)

    def dawdle(*args, **kwargs):
        stock = read(*args, **kwargs)
        assert meet.attend()
        return stock

    return dawdle
