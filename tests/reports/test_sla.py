"""Kept target times: stays from what the database kept, the team that had it, late ones, and the list behind each number."""

from datetime import timedelta

import pytest

from oms.kernel.clock import business_date, day_bounds, time_is
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.release import release_order
from orders.models import Hold, Stage
from reports.queries import sla
from reports.queries.base import Span
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import placed

TODAY = business_date()
# Committed for real: a stage an order only passed inside one transaction is no stay.
pytestmark = pytest.mark.django_db(transaction=True)


def lines(user, days: int = 3) -> dict[tuple[str, str], tuple]:
    found = sla.rows(user, Span(TODAY - timedelta(days=days), TODAY))
    return {tuple(row.values[:2]): tuple(row.values[2:]) for row in found}


@pytest.fixture
def worked(shop, ana, bo):
    """One is new for an hour and released after three more; one for six (of four allowed), on hold for one and new for one
    more; one is still new."""
    start = day_bounds(TODAY)[0] - timedelta(days=1)
    with time_is(start):
        quick, slow, waits = placed(paid="100.00"), placed(paid="100.00"), placed()
    with time_is(start + timedelta(hours=1)):
        confirm_order(quick.number, actor=ana)
    with time_is(start + timedelta(hours=4)):
        release_order(quick.number, actor=bo)
    with time_is(start + timedelta(hours=6)):
        hold_order(slow.number, reason="address", actor=ana)
    with time_is(start + timedelta(hours=7)):
        clear_hold(slow.number, hold_id=Hold.objects.get().pk, actor=ana)
    with time_is(start + timedelta(hours=8)):
        confirm_order(slow.number, actor=ana)
    confirm_order(placed(paid="100.00").number, actor=ana)  # by the real clock: it passes stages while it is confirmed
    return quick, slow, waits


def test_stays_are_counted_per_stage_and_team(worked, ana):
    found = lines(ana)
    # slow was new twice: six hours before its hold, and one after it; another for no time at all
    assert found["New", "Sales"] == (4.0, 5, 3, 2, 1, 1.0, 4.5)
    assert found["On hold", "Support"] == (8.0, 1, 1, 0, 0, 1.0, 1.0)
    assert not any(stage in ("Confirmed", "Awaiting stock") for stage, _ in found), "passed through, never stayed in"


def test_each_number_leads_to_its_orders_and_days_narrow(worked, ana, olga):
    quick, slow, waits = worked
    client = signed_in(olga)
    page = client.get(f"/reports/kept-targets/?first={TODAY - timedelta(days=3)}&last={TODAY}")
    cells = next(row for row in page.context["rows"] if row[0]["value"] == "New")
    late = client.get(cells[5]["url"]).content.decode()
    assert slow.number in late and waits.number in late and quick.number not in late
    assert quick.number in client.get(cells[4]["url"]).content.decode()
    there = client.get(cells[6]["url"]).content.decode()
    assert waits.number in there and "Still there" in there and slow.number not in there
    assert client.get("/reports/stays/?stage=nonsense&team=sales&kind=late").status_code == 404
    assert sla.rows(ana, Span(TODAY - timedelta(days=9), TODAY - timedelta(days=8))) == []


def test_a_stage_without_target_has_no_late_ones_and_channels_stay_apart(worked, ana):
    Stage.objects.filter(key="new").update(sla_minutes=None)
    assert lines(ana)["New", "Sales"][:4] == (None, 5, None, None)
    assert lines(person("lea", "sales", channel_codes=["elsewhere"])) == {}
