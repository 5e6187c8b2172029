"""Search finds the same whether its words are rare or on every second order; only the way differs."""

import pytest

from orders import finding
from orders.actions.capture import capture_orders
from orders.models import Customer, Order
from tests.orders.desk import signed_in
from tests.stories import draft

pytestmark = pytest.mark.django_db
CROWD = finding.BROAD + 8


@pytest.fixture
def crowd(shop) -> list[str]:
    """Enough orders of one name to make it common, and one of another."""
    drafts = [draft(("LAMP", 1), customer_name=f"Asha Family{i % 3}") for i in range(CROWD)]
    capture_orders([*drafts, draft(("LAMP", 1), customer_name="Ravi Family1")], channel=shop, actor="system")
    return list(Order.objects.order_by("-placed_at", "-id").values_list("number", flat=True))


def numbers(words: str) -> set[str]:
    return set(Order.objects.search(words).values_list("number", flat=True))


def named(part: str) -> set[str]:
    return set(Order.objects.filter(customer_name__contains=part).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("words", "part", "is_broad"),
    [
        ("asha", "Asha", True), ("ash fam", "Asha", True), ("ravi", "Ravi", False), ("family1", "Family1", False),
        ("asha family1", "Asha Family1", False), ("family1 ravi", "Ravi", False), ("asha ravi", "nobody", False),
    ],
)  # fmt: skip
def test_common_and_rare_words_find_every_order_that_has_them(crowd, words, part, is_broad):
    assert finding.find(words).is_broad is is_broad
    assert numbers(words) == named(part)


def test_a_rare_word_that_is_on_too_many_old_orders_is_still_found_on_all(crowd, monkeypatch):
    monkeypatch.setattr(finding, "MOST", 3)
    assert finding.find("family1").is_broad
    assert numbers("family1") == named("Family1")


def test_a_broad_search_shows_the_newest_and_says_there_are_more(crowd, ana):
    page = signed_in(ana).get("/orders/?view=all&q=asha&size=25").context
    newest = sorted(named("Asha"), key=crowd.index)[:25]
    assert ([order.number for order in page["rows"]], str(page["total"])) == (newest, "25+")


def test_a_broad_search_keeps_to_the_filters_beside_it(crowd, ana):
    client = signed_in(ana)
    assert str(client.get("/orders/?view=all&q=asha&channel=web&size=50").context["total"]) == str(CROWD)
    assert client.get("/orders/?view=all&q=asha&stage=closed").context["rows"] == []
    assert client.get("/orders/?view=returns&q=asha").context["rows"] == []


def test_customers_are_found_by_a_common_name_too(crowd):
    theirs = Customer.objects.filter(orders__number__in=named("Asha")).distinct()
    assert set(Customer.objects.search("asha")) == set(theirs)
