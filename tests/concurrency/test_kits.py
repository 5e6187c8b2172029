"""Kits and their components wanted at once: no unit is sold twice, and nobody waits for anybody crosswise."""

from collections import Counter

import pytest
from django.db import DatabaseError

from inventory import ledger
from inventory.models import StockLevel
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
