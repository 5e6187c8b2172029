"""RO-01, RO-06: each role's home shows its own work, and every number leads to the list behind it."""

from datetime import timedelta

import pytest
from django.test import Client

from fulfilment.actions.take import take_next
from oms.kernel.clock import now, time_is
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.actions.recurring_run import skip_run
from orders.actions.release import release_order
from orders.filters import OrderFilter
from orders.models import Order, RecurringOrder
from payments.models import Refund
from tests.conftest import person
from tests.fulfilment.steps import released
from tests.orders.standing.steps import make_standing
from tests.reports.follow import signed_in, untrue_numbers
from tests.stories import placed


def home(user) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_role_sees_its_own_work(shop, ana, bo, fay, cy):
    fresh, unpaid, held, ready = placed(), placed(), placed(), placed(paid="100.00")
    confirm_order(unpaid.number, actor=ana)
    confirm_order(ready.number, actor=ana)
    hold_order(held.number, reason="address", actor=cy)

    for user, mine in ((ana, fresh), (fay, unpaid), (cy, held), (bo, ready)):
        page = home(user)
        for order in (fresh, unpaid, held, ready):
            assert (order.number in page) == (order == mine), f"{user.username}: {order.number}"


def test_the_owner_sees_the_day_and_every_number_is_a_link(shop, olga):
    placed()
    page = home(olga)
    for words in ("Open orders", "Delayed dispatch", "Payment pending", "By source", "Turnaround", "Website"):
        assert words in page
    assert 'href="/orders/?view=all&amp;delayed=on"' in page


@pytest.mark.parametrize("path", ["/", "/reports/"])
def test_an_empty_house_has_its_pages_too(db, olga, path):
    client = Client()
    client.force_login(olga)
    assert client.get(path).status_code == 200


def test_nobody_gets_in_without_signing_in(db):
    assert Client().get("/").status_code == 302


@pytest.fixture
def busy(shop, ana, bo, fay, cy):
    """Orders in many states, some past their promise."""
    with time_is(now() - timedelta(days=4)):
        for paid in ("", "100.00", "100.00"):
            confirm_order(placed(paid=paid).number, actor=ana)
        hold_order(placed().number, reason="address", actor=cy)
        hold_order(placed().number, reason="credit", actor=cy)
    placed(("LAMP", 2), paid="200.00")
    confirm_order(placed(("LAMP", 1), paid="100.00").number, actor=ana)
    started = confirm_order(placed(paid="100.00").number, actor=ana)
    release_order(started.number, actor=bo)
    cancel_order(placed().number, reason="duplicate", actor=cy)
    lessened = placed(("MUG", 2), paid="200.00")
    cancel_remainder(lessened.number, quantities={lessened.lines.get().pk: 1}, reason="duplicate", actor=cy)


@pytest.mark.parametrize("role", ["sales", "warehouse", "finance", "support", "owner"])
def test_every_number_leads_to_exactly_its_rows(busy, role):
    assert untrue_numbers(person(f"a-{role}", role)) == []


def test_finance_sees_a_refund_of_an_order_that_goes_on(busy, fay):
    refund = Refund.objects.get()
    assert refund.order.next_action == "confirm"
    figures = {f.label: (f.value, f.url) for f in signed_in(fay).get("/").context["figures"]}
    assert figures["Refunds to approve"] == (1, "/payments/refunds/?view=to-approve")


def test_a_wrong_number_would_be_seen(busy, olga, monkeypatch):
    monkeypatch.setattr(OrderFilter, "only_delayed", lambda self, rows, name, value: rows)
    assert any("Delayed dispatch" in told for told in untrue_numbers(olga))


def test_the_oldest_comes_first_and_its_next_action_is_one_click(busy, ana, bo):
    queue = next(q for q in signed_in(ana).get("/").context["queues"] if q.title == "To confirm")
    assert [o.stage_since for o in queue.orders] == sorted(o.stage_since for o in queue.orders)
    order = queue.orders[0]
    assert order.act_is_post
    assert signed_in(ana).post(order.act_url).status_code == 302
    assert Order.objects.get(pk=order.pk).status == "confirmed"

    pick = next(q for q in signed_in(bo).get("/").context["queues"] if q.title == "Pick")
    assert pick.orders[0].act_url.startswith("/warehouse/FO-")


def test_nobody_is_sent_to_another_teams_step_nor_given_its_button(shop, ana, bo):
    order = released(ana)
    Order.objects.filter(pk=order.pk).update(next_action="release", due_at=now() - timedelta(hours=1))
    home = signed_in(ana).get("/").context
    late = next(q for q in home["queues"] if q.title == "Late").orders[0]
    assert (late.number, late.act_label, late.act_is_post) == (order.number, "Open", False)
    assert home["job"] is None
    assert signed_in(bo).get("/").context["job"].act_is_post


def test_the_next_job_is_never_in_another_persons_hand(shop, ana, bo):
    first, second = released(ana), released(ana)
    other, third = person("other", "warehouse"), person("third", "warehouse")

    def job(user) -> str:
        client = Client()
        client.force_login(user)
        return getattr(client.get("/").context["job"], "number", "")

    assert job(other) == first.number
    take_next("pick", actor=bo)
    assert (job(bo), job(other)) == (first.number, second.number)
    take_next("pick", actor=third)
    assert job(other) == ""


def test_a_schedule_that_fails_stands_on_the_home_of_its_team(shop, ana, bo):
    make_standing(ana)
    stuck = RecurringOrder.objects.failing().get()
    page = home(ana)
    assert "Recurring orders that could not be placed" in page
    assert f'href="/standing/{stuck.number}/"' in page
    assert stuck.number not in home(bo)
    skip_run(stuck.number, on=stuck.next_on, actor=ana)
    assert stuck.number not in home(ana)


def test_the_order_page_leads_to_the_step_unless_a_button_of_it_does_it(shop, ana, bo):
    fresh, ready = placed(), released(bo)
    fo = ready.fulfilment_orders.get()
    assert f'<a href="/warehouse/{fo.number}/" data-key="e">Pick</a>' in page_of(ready, bo)
    for order, who in ((fresh, ana), (ready, person("fi", "finance"))):  # a button does it; their role sees no work
        answer = page_of(order, who).partition('aria-label="Where this order stands"')[2].partition("</section>")[0]
        assert "data-key" not in answer


def page_of(order: Order, user) -> str:
    return signed_in(user).get(order.get_absolute_url()).content.decode()
