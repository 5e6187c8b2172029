"""BEYOND 7: a bulk action says before what it will do, and after, per row, what it did; failures are tried again."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.models import BulkRun
from tests.conftest import person
from tests.fulfilment.steps import released
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed(shop, ana):
    """Four orders to release: one can, one waits for money, one is held, one is already further."""
    ready, unpaid, held = (placed(**({"paid": "100.00"} if paid else {})) for paid in (True, False, True))
    for order in (ready, unpaid, held):
        confirm_order(order.number, actor=ana)
    hold_order(held.number, reason="address", actor=ana)
    return [ready, unpaid, held, released(ana)]


def press(client, orders, action="release", **more):
    numbers = [o if isinstance(o, str) else o.number for o in orders]
    return client.post("/orders/bulk/", {"number": numbers, "action": action, **more}, follow=True)


def test_the_preview_says_who_moves_and_why_the_others_do_not_and_changes_nothing(mixed, bo):
    before = [(again(o).version, said(o)) for o in mixed]
    page = press(signed_in(bo), [*mixed, "SO-404"]).content.decode()
    assert "Release to picking: 1 of 5 will move" in page
    for why in ("1 skipped (payment)", "1 skipped (on hold)", "1 skipped (not at this step)", "1 skipped (not found)"):
        assert why in page
    assert [(again(o).version, said(o)) for o in mixed] == before
    assert not BulkRun.objects.exists()


def test_the_preview_agrees_with_what_then_happens(mixed, bo):
    client = signed_in(bo)
    going = press(client, mixed).context["preview"]
    answer = press(client, mixed, sure="1")
    assert (
        [row.goes for row in going.rows]
        == [done for _, done, _ in answer.context["run"].results]
        == [True, False, False, False]
    )


def test_the_sheet_has_a_row_per_order_and_the_failures_are_tried_again_in_one_click(mixed, ana, bo):
    client = signed_in(bo)
    run = press(client, mixed, sure="1").context["run"]
    sheet = b"".join(client.get(f"/orders/bulk/{run.pk}/sheet.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert [row[:2] for row in rows[1:]] == [[o.number, "yes" if i == 0 else "no"] for i, o in enumerate(mixed)]
    assert "must be received" in rows[2][2]
    held = mixed[2]
    clear_hold(held.number, hold_id=held.holds.get().pk, actor=ana)
    again_run = press(client, run.failed, sure="1").context["run"]
    assert [number for number, done, _ in again_run.results if done] == [held.number]


def test_an_amount_that_waits_for_approval_is_counted_as_such(mixed, ana):
    order = placed()
    hold_order(order.number, reason="address", actor=ana)
    order.holds.update(rule="amount")
    assert "1 skipped (need approval)" in press(signed_in(ana), [order], action="confirm").content.decode()


def test_a_result_belongs_to_whoever_pressed(mixed, bo):
    run = press(signed_in(bo), mixed, sure="1").context["run"]
    other = signed_in(person("bea", "warehouse"))
    assert {other.get(f"/orders/bulk/{run.pk}/{page}").status_code for page in ("", "sheet.csv")} == {404}


def test_a_preview_asks_the_database_the_same_number_of_times_however_many_orders(mixed, bo, read_once):
    client = signed_in(bo)

    def asked(orders) -> int:
        with CaptureQueriesContext(connection) as found:
            press(client, orders)
        return len(found)

    asked(mixed[:1])
    assert asked(mixed) <= asked(mixed[:1]) + 1
