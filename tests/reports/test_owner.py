"""The owner's home: what waits for a yes or no, money awaited by age, the period, and days on which nothing left."""

from datetime import timedelta
from decimal import Decimal

import pytest

from oms.kernel.clock import now, time_is
from orders.actions.confirm import confirm_order
from orders.models import Approval
from payments.actions.refund import request_refund
from reports.queries import overview
from reports.queries.decisions import decisions
from returns.actions.request import request_return
from tests.conftest import person
from tests.reports.follow import signed_in, untrue_numbers
from tests.returns import story
from tests.stories import placed


@pytest.fixture
def questions(shop, ana, olga, cy):
    """A refund asked for by support, one asked for by the owner, and a return somebody wants."""
    back = placed(paid="100.00")
    request_refund(back.number, amount=Decimal(20), reason="Scratched", actor=cy)
    request_refund(placed(paid="100.00").number, amount=Decimal(30), reason="Late", actor=olga)
    sold = story.delivered([story.mugs(3)], actor=ana)
    line = sold.lines.get()
    request_return(sold.number, quantities={line.pk: 1}, reason="damaged", actor=cy)


def test_what_waits_for_the_owner_comes_oldest_first_and_never_what_they_asked_for(questions, olga):
    found = decisions(olga)
    assert [d.since for d in found] == sorted(d.since for d in found)
    assert {d.act for d in found} == {"Decide"}
    assert any("₹20.00: Scratched" in d.says for d in found)
    assert not any("₹30.00" in d.says for d in found)
    client = signed_in(olga)
    page = client.get("/").text
    assert "Waiting for you" in page
    for d in found:
        assert f'href="{d.url}"' in page
        assert client.get(d.url).status_code == 200


def test_an_amount_over_the_limit_waits_for_somebody_else_than_who_entered_it(shop, olga):
    order = placed()
    asked = Approval.objects.create(
        order=order, amount=order.total, currency=order.currency, requested_by=olga, requested_by_name="Olga"
    )
    assert decisions(olga) == []
    Approval.objects.filter(pk=asked.pk).update(requested_by=None)
    assert [(d.ref, d.act) for d in decisions(olga)] == [(order.number, "Approve")]


def test_who_may_decide_nothing_is_asked_nothing(questions, bo):
    assert decisions(bo) == []


def test_awaited_money_is_told_by_age_each_bar_with_its_orders(shop, ana, olga):
    for days in (0, 3, 12, 40):
        with time_is(now() - timedelta(days=days, hours=1)):
            confirm_order(placed().number, actor=ana)
    bars = overview.pending_by_age(olga)
    assert [(b.label, b.value, b.note, b.tone) for b in bars] == [
        ("Under 1 day", 1, "₹100.00", ""), ("1 to 7 days", 1, "₹100.00", ""), ("8 to 30 days", 1, "₹100.00", "wait"),
        ("Over 30 days", 1, "₹100.00", "late"),
    ]  # fmt: skip
    assert untrue_numbers(olga) == []


@pytest.mark.parametrize(
    ("query", "days"), [("", 30), ("?days=7", 7), ("?days=90", 90), ("?days=x", 30), ("?days=99999", 30)]
)
def test_the_period_is_chosen_and_anything_else_is_the_usual_one(shop, olga, query, days):
    answer = signed_in(olga).get(f"/{query}")
    assert answer.status_code == 200
    assert answer.context["days"] == days
    assert len(answer.context["flow"].days) == days


def test_a_day_on_which_nothing_left_is_a_gap_and_not_zero_hours(ana, olga):
    with time_is(now() - timedelta(days=2)):
        story.delivered([story.mugs(1)], actor=ana)
    flow = overview.flow(olga, 7)
    assert [h is None for h in flow.hours] == [True, True, True, True, False, True, True]
    assert flow.slowest[4] is not None
    page = signed_in(olga).get("/?days=7").text
    assert '<td class="num">–</td>' in page


def test_a_role_kept_while_the_period_changes(shop):
    both = person("two", "owner", "sales")
    page = signed_in(both).get("/?as=owner&days=7").text
    assert "?as=owner&amp;days=90" in page
