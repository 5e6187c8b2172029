"""The warehouse's pages of stock: finding, receiving, counting, moving, and what they refuse."""

import csv
import io
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from inventory.actions.adjust import quarantine_return, receive_stock
from inventory.models import Location, Product, StockCount, StockLevel, StockMovement
from oms.access.models import User
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.ops.doctor.registry import run_all
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from tests.conftest import person
from tests.inventory import buying
from tests.inventory.kits import SET, tea_set
from tests.stories import Stock, again, placed, stock_of


def url(name: str, sku: str = "MUG") -> str:
    return reverse(f"inventory:{name}", args=[Product.objects.get(sku=sku).pk])


def filled(client, name: str, sku: str = "MUG", **data) -> dict:
    """What a person sends from the form's page: its hidden fields, and what they type."""
    page = client.get(url(name, sku)).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]*)"', page))
    assert "key" in hidden
    return hidden | {"location": "pune"} | data


def send(client, name: str, sku: str = "MUG", **data) -> str:
    return client.post(url(name, sku), filled(client, name, sku, **data), follow=True).content.decode()


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "orders")))


def listed(client, **query) -> str:
    return client.get(reverse("inventory:stock"), query).content.decode()


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_stock_is_found_by_sku_name_and_barcode(shop, client, bo):
    Product.objects.filter(sku="KETTLE").update(barcode="8901234567890")
    client.force_login(bo)
    assert all(sku in listed(client) for sku in ("MUG", "KETTLE"))
    for typed in ("kett", "enamel kettle", "8901234567890", "KETTLE"):
        page = listed(client, q=typed)
        assert "Enamel kettle" in page, typed
        assert "Blue mug" not in page, typed
    for typed in ("' | x:*", "\\", "a\x00b", "&", "<->", "o'x"):
        assert "Nothing matches" in listed(client, q=typed), typed
    assert "Delhi" not in re.sub(r"<option.*?</option>", "", listed(client, location="pune"))


def test_views_show_what_needs_a_look(shop, client, bo):
    placed(("LAMP", 3))
    quarantine_return(
        Product.objects.get(sku="KETTLE").pk, Location.objects.get(code="pune").pk, 2, source="R", actor=bo
    )
    client.force_login(bo)
    send(client, "safety", location="delhi", qty="6")
    assert "Below safety" in listed(client, view="low")
    assert "Pune" not in re.sub(r"<option.*?</option>", "", listed(client, view="low"))
    assert "2 in quarantine" in listed(client, view="quarantine")
    receive_stock("LAMP", location="pune", qty=1, source="x", actor=bo)
    waiting = listed(client, view="waiting")
    assert "3 back-ordered" in waiting and "not from here" not in waiting


def test_a_place_shows_what_waits_for_it_and_what_comes_to_it(shop, client, bo, ana):
    """What a buyer reads off a row: an order that Delhi never sends lacks nothing there."""
    shop.location_codes = ["pune"]
    shop.save()
    placed(("LAMP", 3))
    for place in ("pune", "delhi"):
        receive_stock("LAMP", location=place, qty=1, source=place, actor=bo)
    buying.sent(("LAMP", 7, 5), actor=ana)
    client.force_login(bo)
    rows = {
        name: next(r for r in listed(client, q="lamp").split("<tr") if f"{name}</span>" in r)
        for name in ("Pune", "Delhi")
    }
    assert "3 back-ordered" in rows["Pune"] and "7 on its way" in rows["Pune"]
    assert "back-ordered, but not from here" in rows["Delhi"] and "on its way" not in rows["Delhi"]
    tea_set()  # of a kettle and two mugs: four sets wait, and five kettles lie there
    placed((SET, 9))
    pune = {sku: next(r for r in listed(client, q=sku).split("<tr") if "Pune</span>" in r) for sku in ("MUG", "KETTLE")}
    assert "back-ordered" in pune["MUG"] and "back-ordered" not in pune["KETTLE"], "the sets wait for mugs"
    exported = b"".join(client.get(reverse("inventory:stock"), {"q": "lamp", "export": "csv"}).streaming_content)
    assert {r["Location"]: (r["Back-ordered, whole SKU"], r["On its way"]) for r in read_csv(exported)} == {
        "pune": ("3", "7"), "delhi": ("3", "0"),
    }  # fmt: skip


def test_stock_received_on_the_page_goes_to_who_waits(shop, client, bo, ana):
    order = placed(("LAMP", 3))
    confirm_order(order.number, actor=ana)
    client.force_login(bo)
    assert order.number in client.get(url("product", "LAMP")).content.decode()
    assert "are served now" in send(client, "receive", "LAMP", qty="5", reason="DN-7")
    while deliver_due():
        pass
    assert (again(order).qty_allocated, again(order).qty_backordered) == (3, 0)
    card = client.get(url("product", "LAMP")).content.decode()
    assert "Bo: DN-7" in card
    assert "2 available of 5 on hand" in card
    assert sound()


def test_a_count_posts_the_difference_with_its_reason(shop, client, bo):
    client.force_login(bo)
    assert "Corrected by −3 to 7" in send(client, "count", counted="7", reason="Yearly count")
    move = StockMovement.objects.latest("pk")
    assert (move.kind, move.on_hand, move.reason, move.actor_user) == ("adjustment", -3, "Yearly count", bo)
    assert "agrees with the books" in send(client, "count", counted="7", reason="Again")
    assert sound()


def test_a_count_of_a_figure_that_moved_meanwhile_is_refused(shop, client, bo):
    client.force_login(bo)
    data = filled(client, "count", counted="9", reason="One is gone")
    receive_stock("MUG", location="pune", qty=4, source="DN-1", actor=bo)
    answer = client.post(url("count"), data)
    assert answer.status_code == 422
    assert "had 10 on hand when you opened this page and has 14 now" in answer.content.decode()
    assert stock_of("MUG") == Stock(on_hand=14)


def decide(client, who, how: str, pk: int | None = None) -> str:
    client.force_login(who)
    pk = pk or StockCount.objects.latest("pk").pk
    return client.post(reverse("inventory:count-decision", args=[pk]), {"how": how}, follow=True).content.decode()


def test_a_count_that_differs_much_waits_for_a_second_person(shop, client, bo, ana):
    """IN: stock counts with variance approval. Nothing is posted, and nothing of what moves meanwhile is lost."""
    Location.objects.update(count_limit=2)
    second = person("dev", "warehouse")
    client.force_login(bo)
    assert "Corrected by −2 to 8" in send(client, "count", counted="8", reason="Weekly"), "little is posted at once"
    data = filled(client, "count", counted="3", reason="Yearly count")
    answer = client.post(url("count"), data, follow=True).content.decode()
    assert "3 counted, −5 against the books" in answer and stock_of("MUG").on_hand == 8
    assert "already recorded" in client.post(url("count"), data, follow=True).content.decode()
    assert "Bo counted 3 there" in send(client, "count", counted="8", reason="Again")
    page = client.get(reverse("inventory:counts")).content.decode()
    assert "Somebody else approves it" in page and "Yearly count" in page and ">Approve<" not in page
    assert "Somebody else approves it" in decide(client, bo, "approve")
    with pytest.raises(IntegrityError, match="stock_count_two_people"), transaction.atomic():
        StockCount.objects.update(is_approved=True, decided_by=bo, decided_at=now())
    assert "Not allowed" in decide(client, ana, "approve") and stock_of("MUG").on_hand == 8, "Sales may not"
    receive_stock("MUG", location="pune", qty=4, source="DN-9", actor=bo)
    order = placed(("MUG", 8))
    assert "promised to orders" in decide(client, second, "approve"), "what was promised since is not counted away"
    cancel_order(order.number, reason="other", actor=ana)
    assert "Approved" in decide(client, second, "approve") and stock_of("MUG").on_hand == 7
    move = StockMovement.objects.latest("pk")
    assert (move.on_hand, move.reason, move.actor_user) == (-5, "Yearly count (counted by Bo)", second)
    assert "has approved it already" in decide(client, second, "withdraw")
    client.force_login(bo)
    send(client, "count", counted="70", reason="Typed one nought too many")
    assert "1</span>" in client.get(reverse("inventory:stock")).content.decode()
    assert "Withdrawn" in decide(client, bo, "withdraw") and stock_of("MUG").on_hand == 7, (
        "a slip is one's own to take back"
    )
    assert sound()


def test_units_change_their_condition_and_every_condition_has_a_way_out(shop, client, bo):
    client.force_login(bo)

    def change(was: str, becomes: str, qty: str = "2", **data) -> str:
        return send(client, "condition", was=was, becomes=becomes, qty=qty, reason="Wet box", **data)

    def there() -> tuple[int, int, int]:
        level = StockLevel.objects.get(product__sku="MUG", location__code="pune")
        return level.on_hand, level.quarantined, level.damaged

    assert "2 are in quarantine" in change("sellable", "quarantined") and there() == (10, 2, 0)
    assert "2 are damaged now" in change("quarantined", "damaged") and there() == (10, 0, 2)
    assert "1 is thrown away now" in change("damaged", "scrapped", "1") and there() == (9, 0, 1)
    assert "1 is fit for sale" in change("damaged", "sellable", "1") and there() == (9, 0, 0)
    assert "the two differ" in change("damaged", "damaged")
    placed(("MUG", 8))
    assert "Of MUG at Pune, 1 is fit for sale and not promised to orders; you entered 2." in change(
        "sellable", "damaged"
    )
    assert "0 are in quarantine, to be looked at; you entered 2." in change("quarantined", "sellable")
    assert "Of MUG at Delhi, 5 are fit for sale" in change("sellable", "damaged", "6", location="delhi")
    assert there() == (9, 0, 0) and sound()


def test_promised_units_are_not_counted_away(shop, client, bo):
    first, last = placed(("MUG", 5)), placed(("MUG", 3))
    client.force_login(bo)
    said = send(client, "count", counted="7", reason="Short")
    assert f"1 of the 3 units you miss is promised to orders, latest to {last.number} (3). Cancel or change" in said
    assert f"{last.number} (3), {first.number} (5)" in send(client, "count", counted="4", reason="Shorter")
    assert "promised to orders" in send(client, "transfer", target="delhi", qty="3", reason="Nearer")
    assert stock_of("MUG") == Stock(on_hand=10, reserved=8)


def test_units_leave_quarantine_for_sale_or_as_damaged(shop, client, bo, ana):
    order = placed(("LAMP", 1))
    confirm_order(order.number, actor=ana)
    lamp, pune = Product.objects.get(sku="LAMP").pk, Location.objects.get(code="pune").pk
    quarantine_return(lamp, pune, 3, source="RMA-1", actor=bo)
    client.force_login(bo)
    assert "2 moved out" in send(client, "quarantine", "LAMP", qty="2", disposition="damage", reason="Cracked")
    assert "1 moved out" in send(client, "quarantine", "LAMP", qty="1", disposition="restock", reason="Fine")
    while deliver_due():
        pass
    level = StockLevel.objects.get(product_id=lamp)
    assert (level.on_hand, level.quarantined, level.damaged, level.allocated) == (3, 0, 2, 1)
    assert again(order).qty_allocated == 1
    assert "0 are in quarantine" in send(client, "quarantine", "LAMP", qty="1", disposition="scrap", reason="No")
    assert sound()


def test_a_transfer_is_two_movements_or_none(shop, client, bo):
    client.force_login(bo)
    assert "4 moved from pune to delhi" in send(client, "transfer", target="delhi", qty="4", reason="Nearer")
    assert (stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand) == (6, 9)
    assert "two different places" in send(client, "transfer", target="pune", qty="1", reason="?")
    assert "less stock than that" in send(client, "transfer", target="delhi", qty="99", reason="?")
    assert StockMovement.objects.filter(kind="transfer").count() == 2
    assert sound()


def test_a_key_used_for_another_place_makes_no_stock_out_of_nothing(shop, client, bo):
    Location.objects.create(code="goa", name="Goa")
    client.force_login(bo)
    data = filled(client, "transfer", target="delhi", qty="4", reason="Nearer")
    client.post(url("transfer"), data)
    answer = client.post(url("transfer"), data | {"target": "goa"})
    assert "already recorded with another place" in answer.content.decode()
    assert (stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand, stock_of("MUG", "goa").on_hand) == (6, 9, 0)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("receive", {"qty": "0"}), ("receive", {"qty": "-1"}), ("receive", {"qty": "abc"}), ("receive", {"qty": "9" * 30}),
        ("receive", {"qty": "1", "location": "moon"}), ("receive", {"qty": "1", "key": "x"}),
        ("count", {"counted": "-1", "reason": "x"}), ("count", {"counted": "3", "reason": " "}),
        ("count", {"counted": "3", "reason": "x", "seen": "pune:abc"}), ("count", {"counted": "3", "reason": "a\x00b"}),
        ("transfer", {"target": "delhi", "qty": "1"}), ("safety", {"qty": "-4"}),
        ("quarantine", {"qty": "1", "disposition": "eat", "reason": "x"}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_form_and_posts_nothing(shop, client, bo, name, data):
    client.force_login(bo)
    before = StockMovement.objects.count()
    answer = client.post(url(name), filled(client, name, **data))
    assert answer.status_code == 422
    assert StockMovement.objects.count() == before


def test_who_only_looks_is_told_and_cannot_change(shop, client, ana):
    client.force_login(ana)
    assert "The warehouse does that" in client.get(url("product")).content.decode()
    assert client.post(url("receive"), {"qty": "1"}).status_code == 403


def test_a_person_of_one_place_sees_and_changes_only_that(shop, client, bo):
    User.objects.filter(pk=bo.pk).update(location_codes=["delhi"])
    client.force_login(bo)
    for page in (listed(client), client.get(url("product")).content.decode()):
        assert "Delhi" in page
        assert "Pune" not in page
    data = filled(client, "receive", qty="1", location="pune")
    assert client.post(url("receive"), data).status_code == 422
    assert "opening pune" not in client.get(url("movements"), {"export": "csv"}).getvalue().decode()


def test_the_export_is_what_is_on_screen(shop, client, bo):
    client.force_login(bo)
    answer = client.get(reverse("inventory:stock"), {"location": "delhi", "export": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(r["SKU"], r["Location"], r["On hand"]) for r in rows] == [("MUG", "delhi", "5")]


def test_the_ledger_of_a_sku_is_paged_newest_first(shop, client, bo):
    for n in range(30):
        receive_stock("MUG", location="pune", qty=1, source=f"DN-{n}", reason=f"truck {n}.", actor=bo)
    client.force_login(bo)
    first = client.get(url("movements"), {"size": 25}).content.decode()
    assert "truck 29." in first
    assert "truck 3." not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    assert "truck 3." in client.get(url("movements") + following).content.decode()


def test_the_rail_offers_stock(shop, client, bo):
    client.force_login(bo)
    assert f'href="{reverse("inventory:stock")}"' in client.get("/").content.decode()


def test_pages_ask_the_same_number_of_questions_however_much_there_is(shop, client, bo, django_assert_max_num_queries):
    for n in range(40):
        Product.objects.create(sku=f"S-{n:03}", name=f"Thing {n}")
        receive_stock(f"S-{n:03}", location="pune", qty=1, source="x", actor=bo)
    client.force_login(bo)
    with django_assert_max_num_queries(12):
        listed(client)
    with django_assert_max_num_queries(16):
        client.get(url("product"))
