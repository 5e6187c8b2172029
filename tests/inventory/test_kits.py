"""Kits: sold as one, kept as components. What can be sold, held, picked, cancelled and returned follows the components."""

import pytest
from django.db import connection, transaction

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pack import finish_pack, scan, undo_last
from fulfilment.actions.parcel import deliver
from fulfilment.actions.pick import finish_pick, pick_line, put_back, start_pick
from fulfilment.actions.short import short_pick
from fulfilment.models import CountRequest, LoosePart
from inventory.actions.adjust import receive_stock
from inventory.actions.recipe import Part, set_recipe
from inventory.kit_card import kit_cards
from inventory.models import Allocation, LinePart, Product, StockMovement
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.promise import promise_waiting
from orders.actions.split import split_order
from orders.models import StockPromise
from returns.actions.inspect import Finding, inspect_return
from returns.actions.receive import receive_return
from tests.fulfilment.steps import released, sick, work_of
from tests.inventory import buying
from tests.inventory.kits import SET, tea_set
from tests.returns.steps import approved
from tests.stories import again, placed, stock_of


@pytest.fixture(autouse=True)
def _house(shop):
    tea_set()
    yield
    assert sick() == {}


def held(sku: str, location: str = "pune") -> tuple[int, int]:
    stock = stock_of(sku, location)
    return stock.reserved, stock.allocated


def test_a_kit_holds_its_components_and_gives_them_back(ana):
    order = placed((SET, 3), ("MUG", 1))
    line = order.lines.get(sku=SET)
    assert (line.qty_reserved, line.unit_price, line.qty_backordered) == (3, 100, 0)
    assert (held("MUG"), held("KETTLE")) == ((7, 0), (3, 0))
    set_recipe(SET, parts=[Part("KETTLE", 1)], actor=ana)  # of the next orders only
    confirm_order(order.number, actor=ana)
    assert (held("MUG"), held("KETTLE")) == ((0, 7), (0, 3))
    cancel_remainder(order.number, quantities={line.pk: 1}, reason="duplicate", actor=ana)
    assert (held("MUG"), held("KETTLE")) == ((0, 5), (0, 2))
    cancel_order(order.number, reason="duplicate", actor=ana)
    assert (held("MUG"), held("KETTLE")) == ((0, 0), (0, 0))
    placed((SET, 1))
    assert (held("MUG"), held("KETTLE")) == ((0, 0), (1, 0))


def test_a_kit_and_its_component_in_one_order_never_count_a_unit_twice():
    """Ten mugs in Pune: four sets take eight, so three mugs more cannot all come from there."""
    order = placed((SET, 4), ("MUG", 3))
    assert (again(order).qty_reserved, again(order).qty_backordered) == (7, 0)
    assert (held("MUG"), held("MUG", "delhi"), held("KETTLE")) == ((10, 0), (1, 0), (4, 0))


def test_loose_components_at_two_places_are_no_kit(ana):
    receive_stock("KETTLE", location="delhi", qty=1, source="r1", actor="system")
    order = placed((SET, 7))  # Pune makes five of ten mugs; Delhi one of its one kettle
    line = order.lines.get()
    assert (line.qty_reserved, line.qty_backordered) == (6, 1)
    assert set(Allocation.objects.values_list("location__code", "qty")) == {("pune", 5), ("delhi", 1)}
    receive_stock("KETTLE", location="delhi", qty=1, source="r2", actor="system")  # its component serves the kit
    deliver_due()
    assert (again(order).qty_reserved, again(order).qty_backordered) == (7, 0)
    assert held("KETTLE", "delhi") == (2, 0)


def test_it_is_picked_and_packed_by_its_components_and_leaves_as_them(bo):
    order = released(bo, (SET, 2), ("MUG", 1))
    number = start_pick(work_of(order).number, actor=bo).number
    with pytest.raises(Refused, match="is not on"):
        pick_line(number, code=SET, actor=bo)
    pick_line(number, code="MUG", qty=3, actor=bo)
    assert (again(order).qty_picked, LoosePart.objects.get().picked) == (0, 3)
    put_back(number, actor=bo)
    start_pick(number, actor=bo)
    for sku, qty in (("KETTLE", 2), ("MUG", 4), ("MUG", 1)):
        pick_line(number, code=sku, qty=qty, actor=bo)
    with pytest.raises(Refused, match="All 2 are taken already"):
        pick_line(number, code="KETTLE", actor=bo)
    finish_pick(number, actor=bo)
    assert (again(order).qty_picked, LoosePart.objects.count()) == (3, 0)
    for code, verdict in (("MUG", "ok"), ("LAMP", "wrong"), ("MUG", "ok"), ("KETTLE", "ok")):
        assert scan(number, code=code, actor=bo) == verdict
    assert again(order).qty_packed == 1
    undo_last(number, actor=bo)  # the kettle: the set is open again
    assert again(order).qty_packed == 0
    for code in ("KETTLE", "KETTLE", "MUG", "MUG"):
        scan(number, code=code, actor=bo)
    with pytest.raises(Refused):
        finish_pack(number, actor=bo)
    assert [scan(number, code=code, actor=bo) for code in ("MUG", "KETTLE")] == ["complete", "too_many"]
    finish_pack(number, actor=bo)
    sent = dispatch(number, carrier="own", tracking_number="T-1", actor=bo)
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand, held("MUG"), held("KETTLE")) == (5, 8, (0, 0), (0, 0))
    left = StockMovement.objects.filter(kind="issue", source=sent.number).values_list("product__sku", "on_hand")
    assert set(left) == {("MUG", -5), ("KETTLE", -2)}


def test_a_missing_component_makes_the_kit_short_and_frees_the_others(bo):
    order = released(bo, (SET, 3))
    number = start_pick(work_of(order).number, actor=bo).number
    pick_line(number, code="KETTLE", qty=3, actor=bo)
    pick_line(number, code="MUG", qty=3, actor=bo)
    got = short_pick(number, code="MUG", qty=1, reason="not_found", actor=bo)
    line = order.lines.get()
    assert (sum(got.short.values()), line.qty_backordered, line.qty_allocated, line.qty_picked) == (1, 1, 2, 1)
    assert (held("KETTLE"), CountRequest.objects.get().product.sku) == ((0, 2), "MUG")
    with pytest.raises(Refused, match="only 1 more"):
        pick_line(number, code="MUG", qty=2, actor=bo)
    pick_line(number, code="MUG", actor=bo)
    assert finish_pick(number, actor=bo).status == "picked"
    assert again(order).qty_picked == 2


def test_a_returned_kit_comes_back_as_its_components(bo):
    order = released(bo, (SET, 2))
    number = start_pick(work_of(order).number, actor=bo).number
    for sku, qty in (("KETTLE", 2), ("MUG", 4)):
        pick_line(number, code=sku, qty=qty, actor=bo)
    finish_pick(number, actor=bo)
    for sku in ("KETTLE", "KETTLE", *["MUG"] * 4):
        scan(number, code=sku, actor=bo)
    finish_pack(number, actor=bo)
    deliver(dispatch(number, carrier="own", tracking_number="T-1", actor=bo).number, actor=bo)
    rma = approved(again(order), 1, actor=bo)
    receive_return(rma.number, quantities={rma.lines.get().pk: 1}, location="pune", actor=bo)
    assert (stock_of("MUG").quarantined, stock_of("KETTLE").quarantined) == (2, 1)
    inspect_return(rma.number, findings=[Finding(rma.lines.get().pk, 1, "as_new", "restock")], actor=bo)
    assert (stock_of("MUG").quarantined, stock_of("MUG").on_hand, stock_of("KETTLE").on_hand) == (0, 8, 9)


def test_a_split_takes_the_recipe_along(ana):
    order = placed((SET, 3))
    line = order.lines.get()
    set_recipe(SET, parts=[Part("MUG", 1)], actor=ana)
    _, other = split_order(order.number, quantities={line.pk: 1}, reason="sooner", actor=ana)
    assert LinePart.objects.filter(line_id=other.lines.get().pk).count() == 2
    cancel_order(other.number, reason="duplicate", actor=ana)
    assert (held("MUG"), held("KETTLE")) == ((4, 0), (2, 0))


def test_what_makes_no_kit_is_refused_with_the_reason(ana):
    Product.objects.create(sku="BOX", name="Box", price=1)
    for sku, parts, says in (
        ("MUG", [Part("LAMP", 1)], "component of TEA-SET"),
        ("BOX", [Part(SET, 1)], "TEA-SET is a kit itself; name its components instead: 1 × KETTLE, 2 × MUG"),
        ("BOX", [Part("BOX", 1)], "component of itself"),
        ("BOX", [Part("NIX", 1)], "no SKU NIX"),
        ("BOX", [Part("MUG", 1), Part("MUG", 2)], "named twice"),
        ("BOX", [Part("MUG", 0)], "enter how many"),
    ):
        with pytest.raises(Refused, match=says):
            set_recipe(sku, parts=parts, actor=ana)
    receive_stock("BOX", location="pune", qty=2, source="r", actor=ana)
    with pytest.raises(Refused, match="2 on hand at Pune"):
        set_recipe("BOX", parts=[Part("MUG", 1)], actor=ana)
    with pytest.raises(Refused, match="no stock of its own"):
        receive_stock(SET, location="pune", qty=2, source="r", actor=ana)
    with pytest.raises(Refused, match="Somebody changed TEA-SET"):
        set_recipe(SET, parts=[], actor=ana, seen="1 × MUG")
    assert not set_recipe(SET, parts=[], actor=ana, seen="1 × KETTLE, 2 × MUG").is_kit
    receive_stock(SET, location="pune", qty=2, source="r", actor=ana)


def test_a_short_kit_gets_the_day_of_the_component_that_is_missing(ana):
    placed(("KETTLE", 10))
    order = placed((SET, 2))  # mugs lie there, kettles do not
    coming = buying.sent(("KETTLE", 2), actor=ana)
    promise_waiting(["KETTLE"], actor="system")
    (promise,) = StockPromise.objects.current().filter(order=order)
    assert (promise.ref, promise.due_on) == (coming.number, coming.lines.get().eta)
    assert again(order).stock_due_on == promise.due_on
    placed((SET, 1))  # a third kettle is on no document
    promise_waiting(actor="system")
    assert list(StockPromise.objects.current().order_by("pk").values_list("ref", flat=True)) == [coming.number, ""]
    card = kit_cards([Product.objects.get(sku=SET)], ana)[0]
    assert (card.qty, card.limits) == (0, ("KETTLE",))


def test_doctor_sees_a_kit_without_components_and_a_promise_without_a_recipe(ana, bo):
    order = released(bo, (SET, 1))
    number = start_pick(work_of(order).number, actor=bo).number
    pick_line(number, code="MUG", actor=bo)
    for code, fault in (
        ("kits.recipes", "UPDATE inventory_product SET kind = 'kit' WHERE sku = 'LAMP'"),
        ("kits.promises", "DELETE FROM inventory_linepart"),
        ("fulfilment.loose_parts", "UPDATE fulfilment_loosepart SET picked = 9"),
    ):
        point = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute(fault)
        assert list(CHECKS[code].run()), code
        transaction.savepoint_rollback(point)


def test_the_pages_say_what_a_kit_holds_and_what_limits_it(client, bo):
    order = released(bo, (SET, 4))
    client.force_login(bo)
    kit, mug = Product.objects.get(sku=SET), Product.objects.get(sku="MUG")
    assert "limited by MUG" in client.get(f"/stock/{kit.pk}/").content.decode()
    card = client.get(f"/stock/{mug.pk}/").content.decode()
    assert order.number in card
    assert "in 4 × TEA-SET" in card
    assert "1 × KETTLE, 2 × MUG" in client.get("/stock/kits/").content.decode()
    assert "Kit of 2 × MUG, 1 × KETTLE" in client.get(f"/orders/{order.number}/").content.decode()
    number = start_pick(work_of(order).number, actor=bo).number
    assert "for Tea-Set" in client.get(f"/warehouse/{number}/").content.decode()
    at = f"/stock/{kit.pk}/components/"
    seen = client.get(at).context["form"]["seen"].value()
    typed = {"seen": seen, "rows": "2", "sku_0": "MUG", "qty_0": "3", "sku_1": "TEA-SET", "qty_1": "1"}
    refused = client.post(at, typed)
    assert refused.status_code == 422
    assert "cannot be a component of itself" in refused.content.decode()
    assert client.post(at, typed | {"sku_1": "LAMP"}).status_code == 302
    assert "before: 1 × KETTLE, 2 × MUG" in client.get(f"/stock/{kit.pk}/").content.decode()
