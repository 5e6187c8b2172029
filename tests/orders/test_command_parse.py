"""BEYOND 9: what a typed line asks for."""

import pytest

from orders.command.parse import Act, Search, Show, parse

VERBS = {"hold", "confirm", "assign", "note", "dispatch"}
PHRASES = {
    "late": {"late": "on"}, "cod": {"payment_status": "cod"}, "ready to pack": {"stage": "ready_to_pack"},
    "ready": {"x": "1"}, "website india": {"channel": "web"},
}  # fmt: skip


def read(text: str, on: str = ""):
    return parse(text, verbs=VERBS, phrases=PHRASES, on=on)


@pytest.mark.parametrize(
    ("text", "number", "verb", "rest"),
    [
        ("10482 hold address", "10482", "hold", "address"),
        ("SO-10482 HOLD address Flat number missing", "SO-10482", "hold", "address Flat number missing"),
        ("#10482 confirm", "10482", "confirm", ""),
        ("  10482   dispatch  AWB 123 ", "10482", "dispatch", "AWB 123"),
        ("hold 10482 address", "10482", "hold", "address"),
    ],
)
def test_a_number_and_a_verb_are_a_step(text, number, verb, rest):
    assert read(text) == Act(number, verb, rest)


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("assign me", "SO-1", "me"),
        ("note 98765 is the new phone", "SO-1", "98765 is the new phone"),
        ("note SO-20001 is the same", "SO-20001", "is the same"),
    ],
)
def test_on_the_page_of_an_order_the_number_may_be_left_out(text, number, rest):
    found = read(text, on="SO-1")
    assert (found.number, found.rest) == (number, rest)


def test_without_an_order_a_verb_alone_is_only_a_search():
    assert read("assign me") == Search("assign me")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("late pune cod", {"late": "on", "payment_status": "cod", "q": "pune"}),
        ("Ready to pack", {"stage": "ready_to_pack"}),
        ("website india late", {"channel": "web", "late": "on"}),
    ],
)
def test_words_of_the_list_become_its_filters_longest_phrase_first(text, query):
    found = read(text)
    assert isinstance(found, Show)
    assert dict(found.query) == query


@pytest.mark.parametrize(
    "text", ["", "10482", "Meera Nair", "9876543210", "MUG-1 blue", "x" * 5000, "hold", "10482 explode"]
)
def test_everything_else_is_a_search(text):
    assert isinstance(read(text), Search)
