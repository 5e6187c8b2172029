"""A scan while a parcel leaves: what is on hand and what is picked are read of one moment."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from fulfilment.actions.dispatch import dispatch
from inventory import shelves
from inventory.actions.stocktakes import _elsewhere
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.scan import count_units
from inventory.models import StockLevel
from tests.concurrency.overlap import ended_or_blocked, one_inside_the_other
from tests.conftest import make_shop, person
from tests.fulfilment.steps import packed, released

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def shelf_while_two_leave(monkeypatch) -> int:
    """What a scan takes the shelf to hold when two packed mugs of ten leave between its two readings."""
    make_shop()
    bo = person("bo", "warehouse")
    work = packed(released(bo, ("MUG", 2)), bo)
    number, real = open_stocktake("pune", scope="all", actor=bo).number, shelves.work_on
    with ThreadPoolExecutor(1) as pool:

        def leave_first(products, location_id):
            ended_or_blocked(
                pool, lambda: dispatch(work.number, carrier="own", tracking_number="T-1", actor=bo)
            )  # fmt: skip
            return real(products, location_id)

        monkeypatch.setattr(shelves, "work_on", leave_first)
        return count_units(number, code="MUG", qty=8, key=uuid.uuid4(), actor=bo).shelf


def test_a_scan_waits_for_the_parcel_or_the_parcel_for_the_scan(monkeypatch):
    assert shelf_while_two_leave(monkeypatch) == 8


def test_negative_control_read_without_the_lock_two_units_are_missed(monkeypatch):
    def read(places):
        places = list(places)
        rows = StockLevel.objects.filter(product__in=[p for p, _ in places], location=places[0][1])
        return {(s.product_id, s.location_id): s.on_hand for s in rows}

    monkeypatch.setattr(shelves, "lock_levels", read)
    assert shelf_while_two_leave(monkeypatch) == 10


def begun_at_once() -> list:
    """What two people get who begin to count all of one place at the same moment."""
    make_shop()
    bo, cy = person("bo", "warehouse"), person("cy", "warehouse")
    return one_inside_the_other(
        lambda: open_stocktake("pune", scope="all", actor=bo), lambda: open_stocktake("pune", scope="all", actor=cy)
    )  # fmt: skip


def test_of_two_stocktakes_begun_at_once_one_names_the_other():
    first, second = begun_at_once()
    assert f"KETTLE, MUG are in {first.number} already, which Bo began" in str(second)


def test_negative_control_without_the_place_locked_both_begin(monkeypatch):
    monkeypatch.setattr(_elsewhere, "lock_place", lambda place: None)
    first, second = begun_at_once()
    assert {x.product.sku for s in (first, second) for x in s.lines.select_related("product")} == {"KETTLE", "MUG"}
    assert first.lines.count() == second.lines.count() == 2
