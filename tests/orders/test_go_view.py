"""BEYOND 9: the command bar as a page: it says what will happen, and only a POST does it, under the buttons' guards."""

from urllib.parse import quote

import pytest

from orders.command.registry import VERBS
from tests.conftest import person
from tests.fulfilment.steps import packed, released
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


def preview(client, text: str, on: str = "") -> str:
    return client.get(f"/go/?q={quote(text)}&on={on}").content.decode()


def do(client, text: str, on: str = ""):
    return client.post("/go/", {"q": text, "on": on}, follow=True)


def short(order) -> str:
    return order.number.partition("-")[2]


def test_reading_a_line_changes_nothing_and_says_what_it_would_do(shop, ana):
    order = placed()
    client, before = signed_in(ana), (again(order).version, said(order))
    for text in (
        f"{short(order)} hold address",
        f"{short(order)} confirm",
        f"{order.number} note Hello",
        f"{short(order)} take",
    ):
        page = preview(client, text)
        assert "Do it" in page
        assert order.number in page
    assert (again(order).version, said(order)) == before


def test_a_post_does_it(shop, ana):
    order, client = placed(), signed_in(ana)
    do(client, f"{short(order)} hold address Flat number missing")
    hold = order.holds.get()
    assert (hold.reason.key, hold.detail) == ("address", "Flat number missing")
    assert do(client, f"{short(order)} clear Customer called").redirect_chain == [(f"/orders/{order.number}/", 302)]
    do(client, "assign me", on=order.number)
    do(client, "note Asked for a narrow parcel", on=order.number)
    do(client, f"{short(order)} confirm")
    assert (again(order).status, again(order).assignee, order.notes.get().text) == (
        "confirmed",
        ana,
        "Asked for a narrow parcel",
    )


def test_a_packed_order_is_dispatched_by_one_line(shop, bo):
    fo = packed(released(bo), bo)
    client, text = signed_in(bo), f"{short(fo.order)} dispatch own AWB 123"
    page = preview(client, text)
    assert f"Dispatch {fo.order.number} with" in page
    do(client, text)
    assert fo.shipments.get().tracking_number == "123"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("release", "Confirm the order first."), ("hold", "Say why, with one of:"), ("hold nonsense", "Say why, with one of:"),
        ("cancel", "Say why, with one of:"), ("clear", "is not on hold"), ("assign zz", "is nobody. Type a name"),
        ("note", "Type the note after the word"), ("dispatch AWB 1", "Your role may not do this."),
    ],
)  # fmt: skip
def test_what_is_not_possible_is_said_before_and_refused_after(shop, ana, text, sentence):
    order, client = placed(), signed_in(ana)
    page = preview(client, f"{short(order)} {text}")
    assert sentence in page
    assert "disabled" in page
    before = said(order)
    assert sentence in do(client, f"{short(order)} {text}").content.decode()
    assert said(order) == before


def test_typing_gives_nobody_more_rights_than_the_buttons(shop, bo):
    order = placed()
    assert "Only Sales, Owner, Admin may do this." in do(signed_in(bo), f"{short(order)} confirm").content.decode()
    outsider = person("oz", "sales", channel_codes=["elsewhere"])
    assert "There is no order" in do(signed_in(outsider), f"{short(order)} confirm").content.decode()
    assert again(order).status == "new"


def test_words_of_the_list_lead_to_the_filtered_list(shop, ana):
    client = signed_in(ana)
    assert client.get("/go/?q=late+mumbai+cod")["Location"] == "/orders/?view=all&late=on&payment_status=cod&q=mumbai"
    order = placed()
    assert client.get(f"/go/?q={order.number.lower()}")["Location"] == f"/orders/{order.number}/"
    assert client.get("/go/?q=Zoya")["Location"] == "/orders/?view=all&q=Zoya"
    fragment = client.get("/go/?q=Zoya", headers={"HX-Request": "true"}).content.decode()
    assert order.number in fragment


@pytest.mark.parametrize("text", ["\x00", "10482 note \x00", "<b>", "' OR 1=1", "x" * 100_000, "9" * 400 + " confirm"])
def test_nothing_typed_is_an_error_page(shop, ana, text):
    client = signed_in(ana)
    for answer in (
        client.get("/go/", {"q": text}),
        client.post("/go/", {"q": text}),
        client.get("/go/", {"q": text}, headers={"HX-Request": "true"}),
    ):
        assert answer.status_code in (200, 302)


def test_every_verb_teaches_itself_with_a_line_that_is_read_as_itself():
    assert all(verb.usage.split()[0] == word for word, verb in VERBS.items())
