"""The orders list: filters, sorts, saved views, and acting on many orders at once."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from oms.kernel.clock import business_date
from oms.ui.keyset import write_cursor
from orders.models import ExchangeRate, Order, SavedView
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(shop) -> list[Order]:
    """A small, a large and a held one."""
    return [placed(("MUG", 1), price="5.00"), placed(("KETTLE", 2), price="900.00"), placed(("MUG", 1))]


def shown(client, query: str) -> list[str]:
    return [order.number for order in client.get(f"/orders/?{query}").context["rows"]]


def test_the_list_is_sorted_by_total_due_and_placed(orders, ana):
    small, large, middle = (o.number for o in orders)
    client = signed_in(ana)
    assert shown(client, "view=all&sort=total") == [large, middle, small]
    assert shown(client, "view=all&sort=newest") == [middle, large, small]
    assert shown(client, "view=all&sort=oldest") == [small, large, middle]
    assert len(shown(client, "view=all&sort=promise")) == 3


def test_sorting_by_total_goes_by_the_worth_in_the_book_currency_and_what_has_none_comes_last(orders, ana):
    small, large, middle = (o.number for o in orders)
    unknown = placed(("MUG", 1), price="9000.00", currency="EUR").number
    ExchangeRate.objects.create(currency="AUD", day=business_date(), rate=Decimal("55.2"), source="Test list")
    dollars = placed(("MUG", 1), price="10.00", currency="AUD").number
    client = signed_in(ana)
    assert shown(client, "view=all&sort=total") == [large, dollars, middle, small, unknown]
    page = client.get("/orders/?view=all&sort=total").content.decode()
    assert "largest total first, in the currency of the books" in page
    assert "≈ ₹552.00" in page and "no rate" in page
    first = client.get("/orders/?view=all&sort=total&size=25")
    edge = write_cursor(Order.objects.get(number=small), first.context["sort"])
    assert shown(client, f"view=all&sort=total&after={edge}") == [unknown]
    assert shown(client, f"view=all&sort=total&before={edge}")[:3] == [large, dollars, middle]
    assert shown(client, "view=all&no_rate=on") == [unknown]


def test_mine_holds_what_is_theirs_and_what_their_teams_left_once_each(orders, ana, cy):
    theirs, free, others = orders
    client, answer = signed_in(ana), signed_in(ana).get
    client.post(f"/orders/{theirs.number}/assignment/", {"username": ana.username})
    client.post(f"/orders/{others.number}/assignment/", {"username": cy.username})
    Order.objects.filter(pk=theirs.pk).update(due_at=None)
    assert shown(client, "view=mine") == [free.number, theirs.number]
    assert shown(client, "view=mine&sort=newest&q=zoya") == [free.number, theirs.number]
    tab = next(tab for tab in answer("/orders/?view=all").context["tabs"] if tab.view.key == "mine")
    assert (tab.count.value, answer("/orders/?view=mine").context["total"].value) == (2, 2)
    assert len(b"".join(answer("/orders/?view=mine&export=csv").streaming_content).splitlines()) == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=on_hold", [2]), ("hold=on", [2]), ("payment_status=unpaid", [0, 1, 2]), ("payment_status=paid", []),
        ("fulfilment_status=unallocated", [0, 1, 2]), ("channel=web", [0, 1, 2]), ("owner_team=sales", [0, 1]),
        ("late=on", []), ("placed_from=2000-01-01", [0, 1, 2]), ("placed_to=2000-01-01", []),
        ("placed_from=0001-01-01&placed_to=9999-12-31", [0, 1, 2]), ("stage=new&hold=on", []),
    ],
)  # fmt: skip
def test_each_filter_narrows_to_what_it_says(orders, ana, query, expected):
    client = signed_in(ana)
    client.post(f"/orders/{orders[2].number}/holds/", {"reason": "address"})
    assert sorted(shown(client, f"view=all&{query}")) == sorted(orders[i].number for i in expected)


def test_a_search_without_a_hit_does_not_say_that_there_are_no_orders(orders, ana):
    found = signed_in(ana).get("/orders/?view=all&q=zzzz").content.decode()
    assert "No orders yet" not in found
    assert "Nothing matches" in found
    assert 'href="?view=all">Show the whole view' in found


def test_the_day_of_a_filter_is_the_companys_own_day(orders, ana):
    at = datetime(2026, 3, 17, 20, 0, tzinfo=UTC)  # 18 March, 01:30 in Kolkata
    Order.objects.filter(pk=orders[0].pk).update(placed_at=at)
    assert shown(signed_in(ana), "view=all&placed_from=2026-03-18&placed_to=2026-03-18") == [orders[0].number]
    assert shown(signed_in(ana), "view=all&placed_from=2026-03-17&placed_to=2026-03-17") == []


@pytest.mark.parametrize("query", ["stage=%00", "channel=nope", "assignee=99999999999999999999", "placed_from=soon"])
def test_a_filter_that_cannot_be_read_shows_no_rows_and_says_so(orders, ana, query):
    answer = signed_in(ana).get(f"/orders/?view=all&{query}")
    assert answer.status_code == 200
    assert "could not be read" in answer.content.decode()
    assert answer.context["rows"] == []


def test_a_saved_view_is_a_tab_with_its_count_for_its_owner_only(orders, ana, cy):
    client = signed_in(ana)
    client.post(f"/orders/{orders[2].number}/holds/", {"reason": "address"})
    answer = client.post("/orders/views/", {"name": "Held ones", "query": "view=open&hold=on&sort=newest&after=xyz"})
    view = SavedView.objects.get(key="")
    assert answer["Location"] == f"/orders/?view=my-{view.pk}"
    assert view.query == "view=open&hold=on&sort=newest"
    tab = client.get(answer["Location"]).context["tabs"][-1]
    assert (tab.view.label, tab.count.value, tab.current) == ("Held ones", 1, True)
    assert shown(client, f"view=my-{view.pk}") == [orders[2].number]
    assert "Held ones" not in signed_in(cy).get("/orders/").content.decode()


def test_a_shared_view_is_everybodys_tab_but_only_its_owner_changes_it(orders, ana, cy):
    mine, theirs = signed_in(ana), signed_in(cy)
    mine.post("/orders/views/", {"name": "Web", "query": "view=all&channel=web", "is_shared": "on"})
    view = SavedView.objects.get(key="")
    assert "Web (Ana)" in theirs.get("/orders/").content.decode()
    assert f'href="/orders/?view=my-{view.pk}"' in theirs.get("/orders/views/").content.decode()
    theirs.post(f"/orders/views/{view.pk}/", {"name": "Stolen"})
    theirs.post(f"/orders/views/{view.pk}/removal/")
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Web", True)
    mine.post(f"/orders/views/{view.pk}/", {"name": "Website"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Website", False)
    mine.post(f"/orders/views/{view.pk}/removal/")
    assert not SavedView.objects.filter(key="").exists()


def test_a_view_of_mine_shows_the_person_who_looks(orders, ana, cy):
    for who, order in ((ana, orders[0]), (cy, orders[1])):
        signed_in(who).post(f"/orders/{order.number}/assignment/", {"username": who.username})
    signed_in(ana).post("/orders/views/", {"name": "Mine", "query": "view=all&mine=on", "is_shared": "on"})
    view = SavedView.objects.get(key="")
    key = f"view=my-{view.pk}"
    assert (shown(signed_in(ana), key), shown(signed_in(cy), key)) == ([orders[0].number], [orders[1].number])


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "", "Give the view a name."),
        ("   ", "", "Give the view a name."),
        ("x" * 61, "", "A name holds 60 characters"),
        ("x" * 1_000_000, "", "A name holds 60 characters"),
        ("Long", "q=" + "x" * 5000, "too many for one view"),
        ("Taken", "", "You already have a view called"),
    ],
)
def test_a_view_that_cannot_be_kept_says_why_and_keeps_what_was_typed(orders, ana, name, query, sentence):
    client = signed_in(ana)
    client.post("/orders/views/", {"name": "Taken", "query": ""})
    answer = client.post("/orders/views/", {"name": name, "query": query})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert SavedView.objects.filter(key="").count() == 1


def test_what_a_view_keeps_is_said_in_the_words_of_the_filters(orders, ana):
    asked = "view=late&q=mug&channel=web&stage=new&placed_from=2026-03-01&hold=on&sort=newest&cols=total,due&density=compact"
    page = signed_in(ana).get(f"/orders/views/?{asked}")
    assert page.context["keeps"] == [
        ("View", "Late"), ("Search", "mug"), ("Stage", "New"), ("Channel", "Website"), ("Placed from", "1 Mar 2026"),
        ("On hold", "yes"), ("Sorted", "newest first"), ("Columns", "Total, Due"), ("Rows", "compact"),
    ]  # fmt: skip
    signed_in(ana).post("/orders/views/", {"name": "Old", "query": "view=all&channel=gone"})
    assert "View: All; Channel: is no choice any more" in signed_in(ana).get("/orders/views/").content.decode()


def test_an_outdated_view_shows_nothing_rather_than_everything(orders, ana):
    SavedView.objects.create(name="Old", query="view=all&channel=gone", owner=ana)
    view = SavedView.objects.get(key="")
    assert shown(signed_in(ana), f"view=my-{view.pk}") == []


def test_bulk_assigns_to_another_person_and_says_per_row_what_happened(orders, ana, cy):
    numbers = [o.number for o in orders]
    answer = signed_in(ana).post(
        "/orders/bulk/", {"number": [*numbers, "SO-0"], "action": "assign", "username": "cy"}, follow=True
    )
    assert "3 of 4 done" in answer.content.decode()
    assert "There is no such order." in answer.content.decode()
    assert {again(o).assignee for o in orders} == {cy}


def test_bulk_hold_needs_its_reason_and_leaves_refused_rows_alone(orders, ana):
    client, numbers = signed_in(ana), [o.number for o in orders]
    client.post("/orders/bulk/", {"number": numbers, "action": "hold", "reason": ""})
    assert not any(again(o).open_holds for o in orders)
    client.post(f"/orders/{numbers[0]}/holds/", {"reason": "address"})
    data = {"number": numbers, "action": "hold", "reason": "address", "sure": "1"}
    answer = client.post("/orders/bulk/", data, follow=True)
    assert "2 of 3 done" in answer.content.decode()
    assert "is already on hold" in answer.content.decode()
    assert [again(o).open_holds for o in orders] == [1, 1, 1]


def test_bulk_confirm_is_for_those_who_may_confirm(orders, ana, bo):
    data = {"number": [o.number for o in orders], "action": "confirm", "sure": "1"}
    assert "0 of 3 done" in signed_in(bo).post("/orders/bulk/", data, follow=True).content.decode()
    assert {again(o).status for o in orders} == {"new"}
    assert "3 of 3 done" in signed_in(ana).post("/orders/bulk/", data, follow=True).content.decode()
    assert {again(o).status for o in orders} == {"confirmed"}


def test_bulk_of_orders_of_another_channel_is_refused(orders):
    outsider = person("oz", "sales", channel_codes=["elsewhere"])
    data = {"number": [orders[0].number], "action": "confirm", "sure": "1"}
    answer = signed_in(outsider).post("/orders/bulk/", data, follow=True)
    assert "There is no such order." in answer.content.decode()
    assert again(orders[0]).status == "new"


@pytest.mark.parametrize(
    "data",
    [
        {"number": "a\x00", "action": "confirm"}, {"number": [], "action": "confirm"}, {"number": "SO-1", "action": "explode"},
        {"number": [f"SO-{i}" for i in range(201)], "action": "confirm"}, {"number": "SO-1", "action": "assign", "username": "a\x00"},
        {"number": "SO-1", "action": "hold", "reason": "a\x00"}, {"number": "SO-1", "action": "hold", "reason": "x" * 1_000_000},
    ],
)  # fmt: skip
def test_bulk_bad_input_changes_nothing_and_is_no_error_page(orders, ana, data):
    assert signed_in(ana).post("/orders/bulk/", data, follow=True).status_code == 200


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("holds", {"reason": "address", "until": "2026-13-45T00:00"}),
        ("holds", {"reason": "address", "detail": "a\x00"}),
        ("notes", {"text": "a\x00"}),
        ("assignment", {"username": "a\x00"}),
        ("cancellation", {"reason": "other", "note": "a\x00"}),
    ],
)
def test_text_that_cannot_be_stored_is_a_sentence_never_an_error_page(orders, ana, page, data):
    order = orders[0]
    answer = signed_in(ana).post(
        f"/orders/{order.number}/{page}/", data, HTTP_REFERER=f"http://testserver/orders/{order.number}/"
    )
    assert answer.status_code == 302
    assert again(order).version == order.version


def test_an_address_with_an_invisible_character_is_not_found(ana):
    assert signed_in(ana).get("/orders/%00/").status_code == 404


def test_the_list_with_saved_views_costs_a_fixed_number_of_queries(orders, ana, django_assert_max_num_queries):
    for i in range(8):
        SavedView.objects.create(name=f"View {i}", query="view=open&hold=on", owner=ana)
    client = signed_in(ana)
    with django_assert_max_num_queries(32):
        client.get("/orders/?view=all")
