"""A place counted with the scanner: nothing that moves meanwhile becomes a difference, and nobody sees what is expected."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pick import pick_line
from fulfilment.actions.short import short_pick
from fulfilment.models import CountRequest
from inventory import shelves
from inventory.actions.adjust import receive_stock
from inventory.actions.count import count_stock
from inventory.actions.decide_count import withdraw_count
from inventory.actions.stocktakes.end import cancel_stocktake
from inventory.actions.stocktakes.finish import count_on, finish_counting
from inventory.actions.stocktakes.judge import leave_uncounted, say_none
from inventory.actions.stocktakes.open import open_stocktake
from inventory.actions.stocktakes.post import post_stocktake
from inventory.actions.stocktakes.scan import count_units, undo_units
from inventory.models import Location, Product, StockCount, Stocktake
from inventory.stocktaking import variances
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from tests.conftest import person
from tests.fulfilment.steps import pack_all, packed, picked, picking, released
from tests.stories import stock_of


def at(name: str, *args) -> str:
    return reverse(f"stocktakes:{name}", args=args)


def begun(actor, **how) -> str:
    return open_stocktake("pune", **({"scope": "all"} | how), actor=actor).number


def scan(number: str, sku: str, qty: int, actor) -> str:
    return count_units(number, code=sku, qty=qty, key=uuid.uuid4(), actor=actor).verdict


def posted(number: str, actor):
    finish_counting(number, actor=actor)
    return post_stocktake(number, actor=actor)


def line(number: str, sku: str):
    return Stocktake.objects.get(number=number).lines.get(product__sku=sku)


def test_what_is_picked_or_leaves_around_the_count_is_no_difference(shop, bo):
    on_table, later = picked(released(bo, ("MUG", 2)), bo), released(bo, ("MUG", 3))
    number = begun(bo)
    scan(number, "MUG", 8, bo)  # 10 on hand, 2 of them on the packing table
    pack_all(on_table, bo)
    dispatch(on_table.number, carrier="own", tracking_number="T-1", actor=bo)
    gone = packed(later, bo)  # counted on the shelf, then picked
    dispatch(gone.number, carrier="own", tracking_number="T-2", actor=bo)
    found = posted(number, bo)
    assert (found.agreed, found.posted) == (1, 0)
    assert stock_of("MUG").on_hand == 5
    assert not any(run_all().values())


@pytest.mark.parametrize("how", ["nobody says what is picked", "the figure is posted"])
def test_without_that_care_units_on_the_table_or_gone_are_written_off_or_made_up(shop, bo, monkeypatch, how):
    """The negative control of the test above."""
    if how == "nobody says what is picked":
        monkeypatch.setattr(shelves, "_answers", [])
        picked(released(bo, ("MUG", 2)), bo)
        number = begun(bo)
        scan(number, "MUG", 8, bo)
        assert line(number, "MUG").delta == -2, "the two on the table look lost"
    else:
        counted = 10
        dispatch(packed(released(bo, ("MUG", 3)), bo).number, carrier="own", tracking_number="T-2", actor=bo)
        count_stock("MUG", location="pune", counted=counted, source="late", reason="Counted before", actor=bo)
        assert stock_of("MUG").on_hand == 10, "the three that left are made up"


def test_what_is_missing_is_posted_as_a_difference_on_top_of_what_moved_since(shop, bo):
    number = begun(bo, note="July")
    scan(number, "MUG", 5, bo)
    scan(number, "MUG", 4, person("di", "warehouse"))
    receive_stock("MUG", location="pune", qty=6, source="D-1", actor=bo)
    found = posted(number, bo)
    assert (found.agreed, found.posted, found.left) == (0, 1, 0)
    assert stock_of("MUG").on_hand == 15
    assert Stocktake.objects.get().status == "posted"
    assert stock_of("KETTLE").on_hand == 10, "not scanned, so it stays as it is"
    with pytest.raises(Refused, match="It has ended"):
        post_stocktake(number, actor=bo)


def test_what_moves_between_two_scans_of_a_sku_is_counted_again(shop, bo):
    number = begun(bo)
    order = picking(released(bo, ("MUG", 2)), bo)
    scan(number, "MUG", 5, bo)
    pick_line(order.number, code="MUG", qty=2, actor=bo)
    scan(number, "MUG", 3, bo)  # were the two that were picked among the five?
    scan(number, "KETTLE", 4, bo)
    receive_stock("KETTLE", location="pune", qty=1, source="D-1", actor=bo)
    scan(number, "KETTLE", 7, bo)
    assert line(number, "MUG").is_moved and line(number, "KETTLE").is_moved
    assert posted(number, bo).left == 2
    leave_uncounted(number, sku="KETTLE", actor=bo)
    count_on(number, sku="MUG", actor=bo)
    scan(number, "MUG", 8, bo)
    assert posted(number, bo).agreed == 1
    assert (stock_of("MUG").on_hand, stock_of("KETTLE").on_hand) == (10, 11)


def test_books_corrected_after_the_count_are_not_corrected_twice(shop, bo):
    number = begun(bo)
    scan(number, "MUG", 7, bo)
    count_stock("MUG", location="pune", counted=7, source="form", reason="Checked", actor=bo)
    assert posted(number, bo).left == 1
    assert "corrected there after it was counted" in line(number, "MUG").refusal
    assert stock_of("MUG").on_hand == 7


def test_units_in_doubt_wait_for_their_own_count(shop, bo):
    work = picking(released(bo, ("KETTLE", 4)), bo)
    short_pick(work.number, code="KETTLE", qty=4, reason="not_found", actor=bo)
    number = begun(bo)
    scan(number, "KETTLE", 6, bo)
    assert posted(number, bo).left == 1
    assert f"{CountRequest.objects.get().doubted} units of it are in doubt" in line(number, "KETTLE").refusal


def test_what_nobody_scanned_is_none_only_when_somebody_says_so_and_nothing_came(shop, bo):
    Location.objects.filter(code="pune").update(count_limit=3)
    number = begun(bo)
    scan(number, "MUG", 10, bo)
    finish_counting(number, actor=bo)
    receive_stock("KETTLE", location="pune", qty=1, source="D-1", actor=bo)
    assert say_none(number, skus=None, actor=bo) == 1
    assert line(number, "KETTLE").is_moved, "one came after the stocktake began: was the shelf empty before or after?"
    count_on(number, sku="KETTLE", actor=bo)
    scan(number, "KETTLE", 0, bo)
    assert posted(number, bo).waits == 1
    assert StockCount.objects.get().delta == -11
    assert stock_of("KETTLE").on_hand == 11, "that is much: a second person approves it"
    kept = Stocktake.objects.get()
    assert [v.result[1] for v in variances(kept)] == ["Waits for a second person"]
    withdraw_count(StockCount.objects.get().pk, actor=bo)
    assert [v.result[1] for v in variances(kept)] == ["Withdrawn by Bo; nothing posted"]


def test_none_of_many_costs_as_many_statements_as_none_of_one(shop, bo):
    """Their stock rows are locked meanwhile: nobody who sells them may wait for five thousand inserts."""

    def asked(first: str, *skus: str) -> int:
        number = begun(bo, scope="list", skus=[first, *skus])
        scan(number, first, 0, bo)
        finish_counting(number, actor=bo)
        with CaptureQueriesContext(connection) as seen:
            assert say_none(number, skus=None, actor=bo) == len(skus)
        assert {line(number, sku).counted for sku in skus} == {0}
        return len(seen)

    many = [f"BOX-{n}" for n in range(12)]
    Product.objects.bulk_create(Product(sku=sku, name="Box", price=1) for sku in many)
    assert asked("LAMP", "MUG") == asked("KETTLE", *many)


def test_scans_count_once_and_say_what_they_are(shop, bo):
    number, key = begun(bo, scope="list", skus=["MUG", " ", "LAMP"]), uuid.uuid4()
    for _ in range(2):
        assert count_units(number, code="mug", key=key, actor=bo).verdict == "ok"
    di = person("di", "warehouse")
    assert scan(number, "MUG", 2, di) == "ok"
    assert scan(number, "KETTLE", 1, bo) == "foreign"
    assert scan(number, "890123", 1, bo) == "unknown"
    undo_units(number, actor=bo)
    assert line(number, "MUG").counted == 2, "everybody takes back their own"
    with pytest.raises(Refused, match="You have counted nothing yet"):
        undo_units(number, actor=bo)
    with pytest.raises(Refused, match="Enter how many units"):
        scan(number, "MUG", 100_001, bo)
    Product.objects.update(barcode="890")
    with pytest.raises(Refused, match="the code of several SKUs: KETTLE"):
        scan(number, "890", 1, bo)
    finish_counting(number, actor=bo)
    with pytest.raises(Refused, match="no longer counted"):
        scan(number, "MUG", 1, bo)
    cancel_stocktake(number, reason="Only a trial", actor=bo)
    assert stock_of("MUG").on_hand == 10


def test_a_stocktake_begins_with_what_was_not_counted_for_longest(shop, bo):
    first = begun(bo, scope="longest", most=1)
    assert [x.product.sku for x in Stocktake.objects.get().lines.all()] == ["KETTLE"]
    scan(first, "KETTLE", 10, bo)
    posted(first, bo)
    begun(bo, scope="longest", most=1)
    assert [x.product.sku for x in Stocktake.objects.first().lines.all()] == ["MUG"]
    for how, says in (
        ({"scope": "list", "skus": ["NONE"]}, "There is no SKU NONE"),
        ({"scope": "list"}, "List at least one SKU"),
        ({"scope": "longest"}, "Enter how many SKUs"),
    ):
        with pytest.raises(Refused, match=says):
            begun(bo, **how)


def test_a_stocktake_is_counted_reviewed_and_posted_on_its_pages(shop, client, bo):
    client.force_login(bo)
    station = client.post(at("new"), {"location": "pune", "scope": "all", "most": "50"}, follow=True).content.decode()
    number = Stocktake.objects.get().number
    assert "Not counted yet" in station
    key = re.search(r'name="key" value="([^"]+)"', station)[1]
    for _ in range(2):  # the same form sent twice
        shown = client.post(at("step", number), {"step": "scan", "code": "MUG", "qty": "9", "key": key}, follow=True)
    shown = shown.content.decode()
    assert "Counted: Blue mug" in shown and ">9</b> of it now" in shown
    assert "10" not in re.sub(r"<[^>]+>|ST-\d+", "", shown.split("</header>", 1)[1].split("<aside")[0]), "blind"
    for sent, says in (({"code": "8901"}, "Unknown code"), ({"code": "MUG", "qty": "nine"}, "Enter how many units")):
        assert says in client.post(at("step", number), {"step": "scan"} | sent, follow=True).content.decode()
    assert client.get(at("differences", number)).status_code == 302, "blind as a file, too"
    assert "Should be there" not in client.get(at("detail", number)).content.decode()
    decide = lambda **given: client.post(at("decision", number), given, follow=True).content.decode()  # noqa: E731
    assert "Not scanned" in decide(how="done")
    assert "1 SKU counted as none" in decide(how="none", sku="KETTLE")
    assert "KETTLE is left uncounted" in decide(how="leave", sku="KETTLE")
    assert b"MUG,Blue mug,9,10,-1" in b"".join(client.get(at("differences", number)).streaming_content)
    assert "1 SKU corrected, 0 agreed" in decide(how="post")
    assert stock_of("MUG").on_hand == 9
    assert "Use one of the buttons" in decide(how="dance")
    assert number in client.get(at("list") + "?view=all").content.decode()
    assert not any(run_all().values())


def test_a_sku_is_in_one_stocktake_of_its_place_at_a_time(shop, client, bo):
    """In two, whichever is posted second would have been counted for nothing."""
    shelf, cy = begun(bo, scope="list", skus=["MUG", "LAMP"]), person("cy", "warehouse")
    for how in ({"scope": "all"}, {"scope": "list", "skus": ["KETTLE", "MUG"]}):
        with pytest.raises(Refused, match=f"^MUG is in {shelf} already, which Bo began at Pune. Count there with them"):
            begun(cy, **how)
    rest = begun(cy, scope="longest", most=50)
    assert [x.product.sku for x in Stocktake.objects.get(number=rest).lines.all()] == ["KETTLE"]
    with pytest.raises(Refused, match="Everything that lies at Pune is in a stocktake"):
        begun(cy, scope="longest", most=50)
    assert open_stocktake("delhi", scope="list", skus=["MUG"], actor=cy).number, "another place is another matter"
    scan(shelf, "MUG", 9, bo)
    client.force_login(cy)
    pk = Product.objects.get(sku="MUG").pk
    form = client.get(reverse("inventory:count", args=[pk])).content.decode()
    assert f"{shelf} has counted it at Pune and is not posted yet" in form
    posted(shelf, bo)
    assert "not posted yet" not in client.get(reverse("inventory:count", args=[pk])).content.decode()
    assert begun(cy, scope="list", skus=["MUG"]), "settled there, so it may be counted again"


def test_what_lies_in_the_wrong_place_and_is_counted_by_others_is_not_counted_twice(shop, bo):
    cancel_stocktake(begun(bo, scope="list", skus=["LAMP"]), reason="Only a trial", actor=bo)
    whole, lamps = begun(bo), begun(bo, scope="list", skus=["LAMP"])
    with pytest.raises(Refused, match=f"LAMP is in {lamps} already"):
        scan(whole, "LAMP", 1, bo)
    cancel_stocktake(lamps, reason="Not needed", actor=bo)
    assert scan(whole, "LAMP", 1, bo) == "ok"
