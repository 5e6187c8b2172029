"""The list page, on the table of people: keyset pages, capped counts, views, filters, export."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import django_filters
import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import QuerySet
from django.test import RequestFactory

from oms.ui import listpage
from oms.ui.counting import Count, count_capped, count_together, counts_capped
from oms.ui.keyset import BadCursor, Sort, ordered, page_of, write_cursor
from oms.ui.listpage import STALE_CURSOR, Column, ListPage, SavedView

pytestmark = pytest.mark.django_db
User = get_user_model()
START = datetime(2026, 3, 1, tzinfo=UTC)

SORTS = {
    "seen": Sort("latest seen first", ("-last_login", "first_name"), frozenset({"last_login"})),
    "oldest": Sort("longest unseen first", ("last_login", "-first_name"), frozenset({"last_login"})),
    "name": Sort("by name", ("first_name", "-date_joined")),
    "mixed": Sort("by name, then seen", ("-first_name", "last_login"), frozenset({"last_login"})),
    "grouped": Sort("each name by itself", ("first_name", "-date_joined"), grouped=True),
    "grouped down": Sort("each name by itself", ("-first_name", "date_joined"), grouped=True),
}


class People(QuerySet):
    def visible_to(self, user):
        return self.exclude(username__startswith="hidden")


class PersonFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="username", lookup_expr="icontains")
    joined = django_filters.DateFilter(field_name="date_joined", lookup_expr="date", label="Joined")
    first_name = django_filters.MultipleChoiceFilter(choices=[("A", "Anna"), ("B", "Bea"), ("C", "Cleo")], label="Name")


class PersonList(ListPage):
    queryset = People(User)
    name, nouns = "people", ("person", "people")
    template_name, fragment_name = "whole.html", "part.html"
    filterset_class = PersonFilter
    views = (
        SavedView("all", "All"),
        SavedView("staff", "Staff", lambda rows, user: rows.filter(first_name="A"), sort="seen", tone="late"),
    )
    sorts = {"name": SORTS["name"], "seen": SORTS["seen"]}
    columns = (Column("Person", lambda p: p.username), Column("Name", lambda p: p.first_name))
    export_permission = "people.export"


class Person:
    is_authenticated = True

    def __init__(self, *held):
        self.held = held

    def can(self, permission):
        return permission in self.held


ALL = 38


@pytest.fixture
def people():
    """Names and last logins with many ties and many nulls."""
    dice = random.Random(7)
    User.objects.bulk_create(
        User(
            username=f"p{i:03}",
            first_name=dice.choice("ABC"),
            last_login=dice.choice(
                [None, None, START, START + timedelta(microseconds=1), START + timedelta(days=i % 5)]
            ),
            date_joined=START + timedelta(days=i % 3),
        )
        for i in range(ALL)
    )
    return People(User).filter(username__startswith="p")


@pytest.fixture
def ask(monkeypatch):
    """Open the list as the view would; templates are replaced by the context they were given."""
    monkeypatch.setattr(listpage, "render", lambda request, template, context: _Answer(template, context))

    def opened(address="/", user=None, **headers):
        request = RequestFactory().get(address, headers=headers)
        request.user = user or Person()
        return PersonList.as_view()(request)

    return opened


class _Answer(dict):
    def __init__(self, template, context):
        super().__init__(context)
        self.template, self.headers = template, {}

    def has_header(self, name):
        return name in self.headers

    def __setitem__(self, key, value):
        (self.headers if key == "Vary" else super()).__setitem__(key, value)


def whole(people):
    """The rows as one queryset, each page read at once."""
    return people, None


def by_ids(people):
    """The ids of a page first, then its rows."""
    return people, lambda rows: rows.only("first_name", "last_login", "date_joined")


def in_parts(people):
    """Three querysets side by side, one of them empty."""
    return [people.filter(pk__lt=0), people.filter(first_name="B"), people.exclude(first_name="B")], lambda rows: rows


@pytest.mark.parametrize("ways", [whole, by_ids, in_parts])
@pytest.mark.parametrize("size", [1, 7, ALL, ALL + 9])
@pytest.mark.parametrize("sort", SORTS.values(), ids=SORTS)
def test_walking_the_pages_shows_every_row_once_in_order_both_ways(people, sort, size, ways):
    expected = [row.pk for row in ordered(people, sort)]
    rows, read = ways(people)
    seen, page, pages = [], page_of(rows, sort, size=size, read=read), []
    while True:
        pages.append([row.pk for row in page.rows])
        seen += pages[-1]
        if not page.after:
            break
        page = page_of(rows, sort, size=size, after=page.after, read=read)
    assert seen == expected

    back = [pages[-1]]
    while page.before:
        page = page_of(rows, sort, size=size, before=page.before, read=read)
        back.append([row.pk for row in page.rows])
    assert back[::-1] == pages
    assert not page_of(rows, sort, size=size, read=read).before


def test_a_page_that_finds_ids_first_reads_whole_rows_of_itself_only(people, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        page = page_of(people, SORTS["name"], size=10, read=lambda rows: rows.only("first_name", "date_joined"))
        assert [row.first_name for row in page.rows] == ["A"] * 10
    inner = asked.captured_queries[0]["sql"].partition(" IN (")[2]
    assert 'U0."id"' in inner and 'U0."first_name",' not in inner


def test_counting_groups_sums_their_parts_up_to_the_cap(people, django_assert_num_queries):
    named = [people.filter(first_name=name) for name in "ABC"]
    each = [rows.count() for rows in named]
    with django_assert_num_queries(1):
        found = count_together([named, [], named[:2], [named[0]]], [1000, 5, each[0] + each[1] - 1, each[0]])
    assert found == [Count(ALL), Count(0), Count(each[0] + each[1] - 1, capped=True), Count(each[0])]


def test_a_row_that_appears_meanwhile_shifts_nothing(people):
    first = page_of(people, SORTS["name"], size=10)
    User.objects.create(username="p-new", first_name="A", date_joined=START + timedelta(days=99))
    second = page_of(people, SORTS["name"], size=10, after=first.after)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


def test_pages_use_neither_offset_nor_count(people, django_assert_max_num_queries):
    page = page_of(people, SORTS["seen"], size=10)
    with django_assert_max_num_queries(2) as asked:
        page_of(people, SORTS["seen"], size=10, after=page.after)
    assert not any("OFFSET" in q["sql"] or "COUNT" in q["sql"].upper() for q in asked.captured_queries)


@pytest.mark.parametrize("broken", ["x", "", "W10:1abc:def", "👻"])
def test_a_broken_cursor_is_named(people, broken):
    whole = write_cursor(people.first(), SORTS["name"])
    with pytest.raises(BadCursor):
        page_of(people, SORTS["name"], size=10, after=broken or whole[:-2])


def test_a_cursor_of_another_sort_is_refused(people):
    with pytest.raises(BadCursor):
        page_of(people, SORTS["seen"], size=10, after=write_cursor(people.first(), SORTS["name"]))


def test_counts_stop_at_their_cap(people):
    assert count_capped(people, cap=20) == Count(20, capped=True)
    assert str(count_capped(people, cap=20)) == "20+"
    assert count_capped(people, cap=ALL) == Count(ALL)
    assert str(Count(10_000, capped=True)) == "10,000+"


def test_many_counts_are_one_question(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        counts = counts_capped([people, people.none(), people.filter(first_name="Z")], cap=10)
    assert counts == [Count(10, capped=True), Count(0), Count(0)]


def test_the_whole_page_has_tabs_and_a_fragment_does_not(people, ask):
    whole, part = ask(), ask(**{"HX-Request": "true"})
    assert (whole.template, part.template) == ("whole.html", "part.html")
    assert [tab.view.key for tab in whole["tabs"]] == ["all", "staff"]
    assert part["tabs"] == []
    assert whole.headers["Vary"] == "HX-Request"


def test_only_visible_rows_are_listed_counted_and_exported(people, ask):
    User.objects.create(username="hidden-1", first_name="A")
    assert ask("/?size=100")["total"] == Count(ALL)
    text = b"".join(ask("/?export=csv", user=Person("people.export")).streaming_content).decode()
    assert "hidden" not in text


def test_a_queryset_without_visible_to_is_a_mistake_not_a_leak(people, ask, monkeypatch):
    monkeypatch.setattr(PersonList, "queryset", User.objects.all())
    with pytest.raises(ImproperlyConfigured, match="visible_to"):
        ask()


def test_a_view_brings_its_narrowing_and_its_sort(people, ask):
    page = ask("/?view=staff")
    assert {row.first_name for row in page["rows"]} == {"A"}
    assert page["sort_key"] == "seen"
    assert [tab.tone for tab in page["tabs"]] == ["", "late"]


def test_unknown_view_sort_and_size_fall_back(people, ask):
    page = ask("/?view=no&sort=no&size=7000")
    assert (page["view"].key, page["sort_key"], page["page_size"]) == ("all", "name", 50)


def test_a_stale_cursor_leads_to_the_first_page_and_says_so(people, ask):
    page = ask("/?after=nonsense")
    assert page["notice"] == STALE_CURSOR
    assert page["rows"] == ask("/")["rows"]


def test_a_filter_that_cannot_be_read_shows_nothing_and_says_why(people, ask):
    page = ask("/?joined=yesterday")
    assert page["rows"] == []
    assert "Joined" in page["notice"]


def test_filters_in_use_become_chips_with_a_way_out(people, ask):
    chips = ask("/?first_name=A&first_name=B&joined=2026-03-02&q=p&after=x")["chips"]
    assert [(c.label, c.words.removesuffix(" 2026")) for c in chips] == [
        ("Joined", "Mon 2 Mar"),
        ("Name", "Anna or Bea"),
    ]
    assert all("after" not in chip.remove for chip in chips)
    assert next(c for c in chips if c.label == "Name").remove == "?joined=2026-03-02&q=p"


def test_the_export_is_the_whole_view_in_its_order(people, ask):
    User.objects.create(username="p-evil", first_name="=1+1", date_joined=START)
    answer = ask("/?export=csv", user=Person("people.export"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == ALL + 2
    assert "p-evil,'=1+1" in lines
    names = [line.split(",")[1].lstrip("'") for line in lines[1:]]
    assert all(a <= b for a, b in pairwise(names))
    assert answer["Content-Disposition"].startswith('attachment; filename="people-all-')


def test_the_export_asks_for_its_permission(people, ask):
    assert not ask()["can_export"]
    with pytest.raises(PermissionDenied):
        ask("/?export=csv")


def test_a_page_asks_for_rows_total_and_all_tabs(people, ask, django_assert_num_queries):
    with django_assert_num_queries(2):
        ask()


def test_a_tab_counts_less_far_than_the_list_it_opens(people, ask, monkeypatch):
    monkeypatch.setattr(PersonList, "tab_cap", 10)
    tabs = {tab.view.key: str(tab.count) for tab in ask("/?view=all")["tabs"]}
    assert tabs == {"all": str(ALL), "staff": "10+"}
    answer = ask("/?view=staff&first_name=A")
    assert [str(tab.count) for tab in answer["tabs"]] == ["10+", "10+"]
    assert answer["total"] == Count(User.objects.filter(first_name="A").count())


def test_the_filter_panel_is_drawn_once_for_the_same_choices_and_values(people, ask, monkeypatch):
    drawn = []
    draw = listpage._drawn
    monkeypatch.setattr(listpage, "_drawn", lambda filters: drawn.append(1) or draw(filters))
    monkeypatch.setattr(PersonList, "choices_key", lambda self: "as of this test")
    plain = ask("/?view=all")["filter_fields"]
    assert ask("/?view=staff&q=p0&size=25")["filter_fields"] == plain
    assert len(drawn) == 1
    ticked = ask("/?first_name=A")["filter_fields"]
    assert "checked" in ticked or "selected" in ticked
    assert "selected" not in plain
    monkeypatch.setattr(PersonList, "choices_key", lambda self: "somebody renamed a choice")
    ask("/")
    assert len(drawn) == 3
