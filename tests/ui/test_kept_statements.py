"""Statements kept for a page opened all day say what the ORM would say anew, whoever asks and whenever."""

from datetime import timedelta
from itertools import cycle

import pytest
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.utils import timezone

from oms.access.models import User
from oms.kernel.clock import now, time_is
from oms.ui.counting import count_kept
from oms.ui.navigation import destinations
from orders.actions.confirm import confirm_order
from orders.models import Channel, Order
from orders.queues import QUEUES, filtered, queue_key
from orders.views.listing import OrderList
from reports import home as homes
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db


def told(username: str) -> list:
    """Rows, tabs and total of every view, each with a sort in turn, and the counts of the rail; undrawn."""
    user, found = User.objects.get(username=username), []
    for view, sort in zip(OrderList.views, cycle(OrderList.sorts), strict=False):
        request = RequestFactory().get("/orders/", {"view": view.key, "sort": sort, "size": 25})
        request.user, page = user, OrderList()
        page.setup(request)
        seen = page.context(request, part=False)
        tabs = [str(tab.count) for tab in seen["tabs"]]
        found.append((view.key, sort, [o.number for o in seen["rows"]], tabs, str(seen["total"]), seen["page"].after))
    return [*found, [str(entry.count) for entry in destinations(request)]]


@pytest.fixture
def anew(monkeypatch):
    """What the same person is told when nothing is kept."""

    def ask(username: str) -> list:
        with monkeypatch.context() as patch:
            patch.setattr(OrderList, "kept_statements", False)
            return told(username)

    return ask


def test_every_view_and_sort_says_what_the_orm_says_for_each_reach_and_at_each_moment(shop, anew):
    kept_orders = [placed(("MUG", 1)), placed(("KETTLE", 30)), placed(("MUG", 2))]
    Channel.objects.create(code="other", name="Other")
    desk, floor = person("dee", "sales"), person("flo", "warehouse")
    Order.objects.filter(pk=kept_orders[0].pk).update(assignee=floor, due_at=now() + timedelta(days=2))
    first = [told("dee"), told("flo")]
    assert first == [anew("dee"), anew("flo")]
    assert first[0] != first[1]

    with time_is(now() + timedelta(days=9)):
        later = [told("dee"), told("flo")]
        assert later == [anew("dee"), anew("flo")]
    assert later[0] != first[0], "nothing became late"

    desk.roles, floor.channel_codes = ["finance"], ["other"]
    desk.save()
    floor.save()
    narrowed = [told("dee"), told("flo")]
    assert narrowed == [anew("dee"), anew("flo")]
    assert narrowed[0] != first[0]
    assert not any(numbers for _, _, numbers, *_ in narrowed[1][:-1]), "orders of a channel this person may not see"


def test_the_key_decides_so_it_must_name_all_that_matters(shop):
    """The control: with the person left out of the key, the second one would be told the first one's count."""
    placed(("MUG", 1))
    everything, nothing = (lambda: [[Order.objects.all()]]), (lambda: [[Order.objects.none()]])
    assert [n.value for n in count_kept("somebody", everything, [5])] == [1]
    assert [n.value for n in count_kept("somebody", nothing, [5])] == [1]
    assert [n.value for n in count_kept("somebody else", nothing, [5])] == [0]


def test_a_person_switched_off_and_a_session_ended_are_out_at_once(ana, bo):
    first, second = signed_in(ana), signed_in(bo)
    assert first.get("/orders/").status_code == second.get("/orders/").status_code == 200
    ana.is_active = False
    ana.save()
    Session.objects.filter(pk=second.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert first.get("/orders/").status_code == second.get("/orders/").status_code == 302


def queued(user: User, role: str) -> list:
    """The queues of a home, as it shows them."""
    return [(q.key, q.count, q.late, q.oldest, [o.number for o in q.orders]) for q in homes.queues(user, role)]


def queued_anew(user: User, role: str) -> list:
    """The same, counted by the ORM."""
    found = []
    for title, query in QUEUES[role]:
        asks = "asks" in query
        clock, since = ("answer_due_at", "answer_due_at") if asks else ("due_at", "stage_since")
        rows = list(filtered(user, query).order_by(since, "pk"))
        late = sum(getattr(o, clock) is not None and getattr(o, clock) < now() for o in rows)
        oldest = None if asks or not rows else min(o.stage_since for o in rows)
        found.append((queue_key(title), len(rows), late, oldest, [o.number for o in rows[: homes.SHOWN]]))
    return found


def test_every_queue_of_a_home_says_what_the_orm_says_for_each_reach_and_at_each_moment(shop):
    several = [placed(("MUG", 1)), placed(("KETTLE", 30), paid="3000.00"), *(placed(("MUG", 1)) for _ in range(6))]
    confirm_order(several[1].number, actor="system")
    Order.objects.filter(pk=several[0].pk).update(answer_due_at=now() + timedelta(days=1), due_at=None)
    Channel.objects.create(code="other", name="Other")
    dee = person("dee", "sales")
    for role in QUEUES:
        assert queued(dee, role) == queued_anew(dee, role)
    first = queued(dee, "sales")
    with time_is(now() + timedelta(days=9)):
        for role in QUEUES:
            assert queued(dee, role) == queued_anew(dee, role)
        assert queued(dee, "sales") != first, "nothing became late"
    dee.channel_codes = ["other"]
    assert [count for _, count, *_ in queued(dee, "sales")] == [0] * len(QUEUES["sales"])
    assert len(first[0][-1]) == homes.SHOWN < first[0][1]
