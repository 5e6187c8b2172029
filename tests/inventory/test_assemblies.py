"""Assemblies: planned they are supply with a day, begun they hold their components, handed in they are stock."""

from datetime import timedelta

import pytest
from django.db import connection

from inventory.actions.assemblies.end import cancel_assembly, close_assembly
from inventory.actions.assemblies.make import finish_units, start_assembly
from inventory.actions.assemblies.plan import move_day, plan_assembly
from inventory.actions.recipe import Part
from inventory.models import Assembly
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.confirm import confirm_order
from tests.fulfilment.steps import sick
from tests.inventory.buying import incoming
from tests.inventory.kits import SET, tea_set
from tests.stories import again, placed, stock_of

DAY = business_date() + timedelta(days=5)


@pytest.fixture(autouse=True)
def _house(shop):
    yield
    assert sick() == {}


def planned(qty: int = 3, **parts: int) -> Assembly:
    """Lamps of two mugs and a kettle each."""
    made = [Part(sku, n) for sku, n in (parts or {"MUG": 2, "KETTLE": 1}).items()]
    return plan_assembly("LAMP", qty=qty, location="pune", eta=DAY, parts=made, actor="system")


def test_an_order_gets_the_day_of_what_is_made_and_the_units_as_they_are_handed_in(ana, bo):
    order = placed(("LAMP", 3))
    confirm_order(order.number, actor=ana)
    assembly = planned()
    deliver_due()
    order = again(order)
    assert (order.stock_due_on, order.stock_due_ref, incoming("LAMP")) == (DAY, assembly.number, 3)
    assert "production pending" in order.blockers[-1]["text"]
    move_day(assembly.number, eta=DAY + timedelta(days=2), actor=bo)
    deliver_due()
    assert again(order).stock_due_on == DAY + timedelta(days=2)
    with pytest.raises(Refused, match="Begin it first"):
        finish_units(assembly.number, qty=1, actor=bo)
    start_assembly(assembly.number, actor=bo)
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand, stock_of("LAMP").on_hand) == (4, 7, 0)
    with pytest.raises(Refused, match="off the shelf; close it short"):
        cancel_assembly(assembly.number, reason="no", actor=bo)
    with pytest.raises(Refused, match="3 are still to be made"):
        finish_units(assembly.number, qty=4, actor=bo)
    finish_units(assembly.number, qty=1, actor=bo)
    deliver_due()
    assert (stock_of("LAMP").allocated, again(order).qty_backordered, incoming("LAMP")) == (1, 2, 2)
    close_assembly(assembly.number, reason="A kettle leaks", actor=bo)
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand, incoming("LAMP")) == (8, 9, 0)
    deliver_due()
    assert again(order).stock_due_on is None


def test_components_promised_to_orders_stay(ana, bo):
    confirm_order(placed(("MUG", 7)).number, actor=ana)
    assembly = planned()
    with pytest.raises(Refused, match="MUG: 6 are needed at Pune and 3 are free"):
        start_assembly(assembly.number, actor=bo)
    with pytest.raises(Refused, match="Say why"):
        cancel_assembly(assembly.number, reason=" ", actor=bo)
    assert cancel_assembly(assembly.number, reason="No mugs", actor=bo).qty_cancelled == 3
    assert incoming("LAMP") == 0


def test_what_cannot_be_made_is_refused(ana):
    tea_set()
    with pytest.raises(Refused, match="is a kit: it is picked"):
        plan_assembly(SET, qty=1, location="pune", eta=DAY, parts=[Part("MUG", 1)], actor=ana)
    with pytest.raises(Refused, match="TEA-SET is a kit"):
        planned(**{SET: 1})
    with pytest.raises(Refused, match="made of itself"):
        planned(LAMP=1)
    with pytest.raises(Refused, match="Name what goes into one LAMP"):
        plan_assembly("LAMP", qty=1, location="pune", eta=DAY, parts=[], actor=ana)


def test_doctor_compares_it_with_the_ledger(bo):
    assembly = start_assembly(planned().number, actor=bo)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_assembly SET qty_done = 1")
    assert list(CHECKS["assemblies.ledger"].run())
    assert list(CHECKS["stock.incoming"].run())
    Assembly.objects.update(qty_done=0)
    assert finish_units(assembly.number, qty=3, actor=bo).status == "done"


def test_its_pages_plan_begin_and_hand_in(client, bo):
    client.force_login(bo)
    typed = {
        "sku": "LAMP",
        "units": "2",
        "location": "pune",
        "eta": DAY.isoformat(),
        "rows": "1",
        "sku_0": "NIX",
        "qty_0": "1",
    }
    refused = client.post("/assemblies/new/", typed)
    assert refused.status_code == 422
    assert "There is no SKU NIX" in refused.content.decode()
    assert client.post("/assemblies/new/", typed | {"sku_0": "MUG", "qty_0": "2"}).status_code == 302
    at = Assembly.objects.get().get_absolute_url()
    assert "Every component is free at Pune" in client.get(at).content.decode()
    assert "Made here" in client.get(f"/stock/{Assembly.objects.get().product_id}/").content.decode()
    client.post(f"{at}moves/", {"move": "start"})
    client.post(f"{at}moves/", {"move": "finish", "qty": "2"})
    assert "Everything is made" in client.get(at).content.decode()
    assert (stock_of("LAMP").on_hand, stock_of("MUG").on_hand) == (2, 6)
    assert "Assembly" in client.get("/assemblies/?view=all").content.decode()
    assert 'value="MUG"' in client.get("/assemblies/new/?sku=LAMP").content.decode()
