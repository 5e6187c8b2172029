"""Assemblies: planned they are supply with a day, begun they hold their components, handed in they are stock."""

from datetime import timedelta

import pytest
from django.db import connection

from inventory.actions.assemblies.end import cancel_assembly, close_assembly
from inventory.actions.assemblies.make import finish_units, start_assembly
from inventory.actions.assemblies.plan import move_day, plan_assembly
from inventory.actions.recipe import Part
from inventory.models import Assembly, Product
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.confirm import confirm_order
from orders.actions.make import make_for_order, plan_what_waits
from tests.conftest import person
from tests.fulfilment.steps import sick
from tests.inventory.buying import incoming
from tests.inventory.kits import SET, tea_set
from tests.stories import again, placed, said, stock_of

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


def test_what_an_order_lacks_is_made_with_one_press(client, ana, bo):
    finish_units(start_assembly(planned(qty=1).number, actor=bo).number, qty=1, actor=bo)
    order, other = placed(("LAMP", 4)), placed(("LAMP", 2))
    confirm_order(order.number, actor=ana)
    confirm_order(other.number, actor=ana)
    client.force_login(ana)
    assert "The warehouse plans it." in client.get(order.get_absolute_url()).content.decode()
    assert client.post(f"{order.get_absolute_url()}assembly/", {"sku": "LAMP", "qty": 5}).status_code == 403
    client.force_login(bo)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "Make 5 × LAMP" in page and "5 units wait, nothing on the way." in page
    assert "Pune has components for 4 and lacks 2 × MUG. Made as AS-" in page
    stale = client.post(f"{order.get_absolute_url()}assembly/", {"sku": "LAMP", "qty": 3}, follow=True).content.decode()
    assert "5 of LAMP are to be made now, not 3" in stale
    for told in ("planned as", "Nothing of LAMP needs to be made"):  # pressed twice
        again_ = client.post(f"{order.get_absolute_url()}assembly/", {"sku": "LAMP", "qty": 5}, follow=True)
        assert told in again_.content.decode()
    made = Assembly.objects.latest("pk")
    assert (Assembly.objects.count(), made.qty, made.eta, incoming("LAMP")) == (
        2,
        5,
        business_date() + timedelta(days=3),
        5,
    )
    assert [(p.product.sku, p.qty) for p in made.parts.order_by("pk")] == [("MUG", 2), ("KETTLE", 1)]
    deliver_due()
    assert (again(order).stock_due_ref, again(other).stock_due_ref) == (made.number, made.number)
    page = client.get(order.get_absolute_url()).content.decode()
    assert "planned what is missing" in page and "Plan it" not in page
    assert f"Begin {made.number}" in client.get("/").content.decode()
    move_day(made.number, eta=business_date() - timedelta(days=1), actor=bo)
    home = client.get("/").content.decode()
    assert "1 overdue" in home and 'Assemblies<span class="count" data-tone="late">1</span>' in home


def test_a_kit_waits_for_what_is_made_of_it(client, ana, bo):
    planned(qty=1, KETTLE=1)
    cancel_assembly(Assembly.objects.get().number, reason="Later", actor=bo)
    tea_set(LAMP=2, MUG=1)
    order = placed((SET, 2))
    client.force_login(bo)
    assert "Make 4 × LAMP" in client.get(order.get_absolute_url()).content.decode()
    make_for_order(order.number, sku="LAMP", qty=4, actor=bo)
    assert said(order)[-1] == "orders.production_planned"
    tom = person("tom", "warehouse", location_codes=["delhi"])
    cancel_assembly(Assembly.objects.latest("pk").number, reason="Wrong", actor=bo)
    with pytest.raises(Refused, match="Only people of Pune"):
        make_for_order(order.number, sku="LAMP", qty=4, actor=tom)


def test_by_rule_the_rest_is_planned_by_itself_and_a_call_off_stands(ana, bo):
    cancel_assembly(planned(qty=1).number, reason="A trial", actor=bo)
    unasked = placed(("LAMP", 9))
    order = placed(("LAMP", 2))
    assert plan_what_waits(actor="rule") == [], "no rule says so"
    Product.objects.filter(sku="LAMP").update(plans_itself=True, make_days=7)
    assert plan_what_waits(actor="rule") == [], "nobody has confirmed"
    confirm_order(order.number, actor=ana)
    (number,) = plan_what_waits(actor="rule")
    made = Assembly.objects.get(number=number)
    assert (made.qty, made.eta, made.created_by) == (2, business_date() + timedelta(days=7), "rule")
    assert plan_what_waits(actor="rule") == [], "it is on its way"
    cancel_assembly(number, reason="We buy them this time", actor=bo)
    assert plan_what_waits(actor="rule") == [], "somebody decided"
    confirm_order(placed(("LAMP", 3)).number, actor=ana)
    assert Assembly.objects.get(number=plan_what_waits(actor="rule")[0]).qty == 3
    assert again(unasked).qty_backordered == 9
