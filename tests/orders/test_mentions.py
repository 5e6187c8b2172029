"""@name in a note: who is told, who is not and why, and the queue of the person who was called."""

import pytest

from orders.actions.note import add_note
from orders.actions.read_mention import read_mentions
from orders.mentions import names_in
from orders.models import Mention
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@bo please look", ["bo"]),
        ("ask @Bo and @cy.", ["bo", "cy"]),
        ("(@bo) @bo, again", ["bo"]),
        ("write to meera@shop.example", []),
        ("a @ b, @@bo", []),
        ("@first.last!", ["first.last"]),
    ],
)
def test_names_are_words_behind_an_at_and_never_addresses(text, names):
    assert names_in(text) == names


def test_the_called_person_finds_it_on_their_home_until_they_say_they_read_it(shop, ana, bo):
    order = placed(("MUG", 1))
    page = signed_in(bo)
    assert "Mentions <span" not in page.get("/").content.decode()
    answer = signed_in(ana).post(f"/orders/{order.number}/notes/", {"text": "@BO is the carton there?"}, follow=True)
    assert "Nobody here" not in answer.content.decode()
    home = page.get("/").content.decode()
    assert "is the carton there?" in home
    assert "Mentions <span" in home
    on_order = page.get(f"/orders/{order.number}/").content.decode()
    assert "called you" in on_order
    mention = Mention.objects.get()
    page.post("/orders/mentions/reading/", {"mention": mention.pk})
    assert "Mentions <span" not in page.get("/").content.decode()
    assert "is the carton there?" not in page.get("/orders/mentions/").content.decode()
    assert "is the carton there?" in page.get("/orders/mentions/?view=all").content.decode()


def test_a_name_that_reaches_nobody_is_said_and_the_note_is_kept(shop, ana):
    blind = person("tim", "support", channel_codes=["other"])
    order = placed(("MUG", 1))
    answer = signed_in(ana).post(f"/orders/{order.number}/notes/", {"text": "@tim @zed?"}, follow=True)
    shown = answer.content.decode()
    assert "@tim may not see orders of Website and was not told." in shown
    assert "Nobody here is called @zed." in shown
    assert order.notes.count() == 1
    assert not Mention.objects.filter(user=blind).exists()


def test_somebody_who_no_longer_sees_the_order_no_longer_sees_the_mention(shop, ana, bo):
    order = placed(("MUG", 1))
    add_note(order.number, text="@bo the secret", actor=ana)
    bo.channel_codes = ["other"]
    bo.save()
    assert "the secret" not in signed_in(bo).get("/").content.decode()
    assert read_mentions(actor=bo) == 0


def test_nobody_reads_for_somebody_else(shop, ana, bo, cy):
    add_note(placed(("MUG", 1)).number, text="@bo look", actor=ana)
    mention = Mention.objects.get()
    signed_in(cy).post("/orders/mentions/reading/", {"mention": mention.pk})
    signed_in(cy).post("/orders/mentions/reading/", {"all": "1"})
    mention.refresh_from_db()
    assert mention.seen_at is None
    assert read_mentions(actor=bo) == 1


def test_one_calls_nobody_by_naming_oneself_or_one_twice(shop, ana, bo):
    add_note(placed(("MUG", 1)).number, text="@ana @bo @Bo", actor=ana)
    assert [m.user.username for m in Mention.objects.all()] == ["bo"]
