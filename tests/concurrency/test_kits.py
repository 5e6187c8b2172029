"""Kits and their components wanted at once: no unit is sold twice, and nobody waits for anybody crosswise."""

from collections import Counter

import pytest
from django.db import DatabaseError

from inventory import ledger
from inventory.actions import reserve
from inventory.actions.buffer import keep_back
from inventory.models import Allocation, StockLevel
from oms.ops.doctor.registry import run_all
from orders.actions.capture import capture_orders
from orders.capture.catalogue import supply_for
from orders.models import Channel, Order
from tests.conftest import make_shop
from tests.inventory.kits import SET, tea_set
from tests.stories import draft
from tests.together import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
WANTED = [((SET, 2), ("MUG", 1)), (("MUG", 2), ("KETTLE", 1)), (("KETTLE", 1), (SET, 1))] * 4


def rush() -> Counter:
    """Twelve buyers want 12 sets, 12 mugs and 8 kettles: 36 of 15 mugs, 20 of 10 kettles."""
    make_shop()
    tea_set()
    channel = Channel.objects.get(code="web")

    def buy(n: int, lines: tuple) -> str:
        try:
            order = draft(*lines, email=f"b{n}@example.test")
            return capture_orders([order], channel=channel, actor="system")[0].outcome
        except DatabaseError as error:
            return type(error).__name__

    return Counter(at_once(*(lambda n=n, lines=lines: buy(n, lines) for n, lines in enumerate(WANTED))))


def test_no_unit_is_promised_to_a_kit_and_to_a_buyer_of_its_component():
    assert rush() == {"created": len(WANTED)}
    assert all(level.available >= 0 for level in StockLevel.objects.all())
    assert StockLevel.objects.get(product__sku="MUG", location__code="pune").available < 2
    assert {code: rows for code, rows in run_all().items() if rows} == {}
    sums = Counter()
    for order in Order.objects.all():
        sums.update(reserved=order.qty_reserved, short=order.qty_backordered)
    assert sums["reserved"] + sums["short"] == 32


def test_without_the_condition_of_the_claim_only_the_check_stands_between(monkeypatch):
    """Negative control: the claim takes what it is told; every buyer reads full shelves."""
    monkeypatch.setattr(ledger, "ENOUGH", "true")
    monkeypatch.setattr("orders.actions.capture.supply_for", _full())
    assert rush()["IntegrityError"]


def _full():
    def full(drafts, channel):
        supply = supply_for(drafts, channel)
        for key in supply.stock:
            supply.stock[key] = 99
        return supply

    return full


def rush_for_sets() -> int:
    """Ten mugs and ten kettles in Pune, five mugs in Delhi: five sets of two mugs. The website leaves the last two of them."""
    make_shop()
    tea_set()
    keep_back(SET, channel="web", qty=2, actor="system")
    channel = Channel.objects.get(code="web")
    orders = [draft((SET, 1), external_id=f"set-{i}", email=f"b{i}@example.test") for i in range(12)]
    at_once(*(lambda o=o: capture_orders([o], channel=channel, actor="system") for o in orders))
    return sum(Allocation.objects.filter(product__sku=SET).values_list("qty", flat=True))


@pytest.mark.usefixtures("patient_locks")
def test_a_channel_leaves_its_last_sets_however_many_ask_at_once():
    assert rush_for_sets() == 3
    shop = Channel.objects.create(code="shop", name="Shop")
    capture_orders([draft((SET, 2), email="till@example.test")], channel=shop, actor="system")
    assert StockLevel.objects.get(product__sku="MUG", location__code="pune").available == 0
    assert {code: rows for code, rows in run_all().items() if rows} == {}


@pytest.mark.usefixtures("patient_locks")
def test_without_its_condition_in_the_claim_the_last_sets_are_sold(monkeypatch):
    """Negative control: the plan no longer leaves them and the claim no longer asks."""
    monkeypatch.setattr(ledger, "WHOLE_SHORT", "")
    monkeypatch.setattr(reserve, "_without_kits", lambda order, stock, kits: stock)
    assert rush_for_sets() == 5


@pytest.mark.usefixtures("patient_locks")
def test_the_claim_alone_sees_to_it(monkeypatch):
    """Nobody's plan leaves a set, so every claim of the last two is refused by the claim itself."""
    monkeypatch.setattr(reserve, "_without_kits", lambda order, stock, kits: stock)
    make_shop()
    tea_set()
    keep_back(SET, channel="web", qty=2, actor="system")
    channel = Channel.objects.get(code="web")
    capture_orders([draft((SET, 3), email="a@example.test")], channel=channel, actor="system")
    with pytest.raises(reserve._LostRace):
        capture_orders([draft((SET, 1), email="b@example.test")], channel=channel, actor="system")
