"""Drafts of new orders: kept as typed, gone on with, placed once, thrown away; two people see both sides."""

import pytest

from inventory.models import StockLevel
from orders.actions.entry import keep_entry
from orders.models import Entry, Order
from tests.conftest import person
from tests.orders.desk import desk, signed_in, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter(shop):
    return desk()


def kept(client, *lines, **changes) -> Entry:
    form = typed(*lines, press="draft", **changes)
    answer = client.post("/orders/new/", form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    entry = Entry.objects.get(key=form["key"])
    assert answer["Location"] == entry.get_absolute_url()
    return entry


def test_an_unfinished_form_is_kept_as_typed_and_holds_nothing(counter, ana):
    client = signed_in(ana)
    entry = kept(client, ("no such sku", "many"), contact__phone="", ship__postal_code="4")
    assert (entry.title, entry.line_count, entry.author) == ("Zoya P", 1, ana)
    page = client.get(entry.get_absolute_url()).content.decode()
    for text in ('value="no such sku"', 'value="many"', 'value="4"', f'name="seen" value="{entry.version}"', entry.key):
        assert text in page
    assert not Order.objects.exists()
    assert not StockLevel.objects.filter(reserved__gt=0).exists()


def test_the_list_offers_it_and_placing_it_takes_it_off(counter, ana):
    client = signed_in(ana)
    entry = kept(client, ("MUG", 2))
    assert entry.get_absolute_url() in client.get("/orders/drafts/").content.decode()
    assert "Drafts" in client.get("/orders/").content.decode()
    answer = client.post("/orders/new/", typed(("MUG", 2), key=entry.key) | {"seen": "1"})
    order = Order.objects.get()
    assert answer["Location"] == order.get_absolute_url()
    assert order.external_id == entry.key
    assert not Entry.objects.exists()
    assert client.get(entry.get_absolute_url())["Location"] == order.get_absolute_url(), (
        "an old link leads to the order"
    )


def test_a_second_person_sees_both_sides_and_nothing_is_overwritten(counter, ana, cy):
    first, second = signed_in(ana), signed_in(cy)
    entry = kept(first, ("MUG", 2))
    form = typed(("MUG", 5), press="draft", key=entry.key, contact__customer_name="Zoya Patil") | {"seen": "1"}
    assert second.post("/orders/new/", form).status_code == 302
    mine = typed(("MUG", 3), press="draft", key=entry.key) | {"seen": "1"}
    answer = first.post("/orders/new/", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    for text in ("Cy changed this draft", "Line 1 qty", "Zoya Patil", "Keep mine", 'name="seen" value="2"'):
        assert text in page
    assert Entry.objects.get().typed["line-0-qty"] == "5"
    placing = first.post("/orders/new/", typed(("MUG", 3), key=entry.key) | {"seen": "1"})
    assert placing.status_code == 409
    assert "Place mine" in placing.content.decode()
    assert not Order.objects.exists()
    assert first.post("/orders/new/", mine | {"seen": "2"}).status_code == 302
    assert Entry.objects.get().typed["line-0-qty"] == "3"


def test_keeping_the_same_again_is_no_conflict(counter, ana):
    client = signed_in(ana)
    entry = kept(client, ("MUG", 2))
    form = typed(("MUG", 2), press="draft", key=entry.key)
    assert client.post("/orders/new/", form | {"seen": "0"}).status_code == 302


def test_a_draft_is_thrown_away_by_who_saw_it_last(counter, ana, cy):
    client = signed_in(ana)
    entry = kept(client)
    keep_entry(entry.key, {"contact-customer_name": "Other"}, seen=1, actor=cy)
    url = f"/orders/drafts/{entry.key}/removal/"
    assert "changed this draft meanwhile" in client.post(url, {"seen": "1"}, follow=True).content.decode()
    assert "thrown away" in client.post(url, {"seen": "2"}, follow=True).content.decode()
    assert "is gone already" in client.post(url, {"seen": "2"}, follow=True).content.decode()
    assert not Entry.objects.exists()


def test_what_is_too_long_is_refused_and_still_there(counter, ana):
    answer = signed_in(ana).post("/orders/new/", typed(press="draft", contact__customer_note="x" * 250_000))
    assert answer.status_code == 422
    assert "too long to be kept" in answer.content.decode()


def test_somebody_of_another_channel_does_not_see_it(counter, ana):
    entry = kept(signed_in(ana))
    stranger = signed_in(person("eve", "sales", channel_codes=["web"]))
    assert entry.key not in stranger.get("/orders/drafts/").content.decode()
    assert entry.key not in stranger.get(entry.get_absolute_url()).content.decode()
    assert stranger.post(f"/orders/drafts/{entry.key}/removal/", {"seen": "1"}).status_code == 302
    assert Entry.objects.exists()
