"""Since you left: what changed for one person, bounded, until they say they have seen it."""

from datetime import timedelta

import pytest

from notifications.actions.converse import log_contact
from oms.kernel.clock import now, time_is
from orders.actions.assign import assign_order
from orders.actions.confirm import confirm_order
from orders.actions.decline import decline_hold
from orders.actions.hold import hold_order
from orders.actions.note import add_note
from orders.models import Order
from reports import handover
from reports.models import Look
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db


def changed(user) -> dict[str, list[str]]:
    """Numbers of orders by the part they stand in."""
    since = handover.seen_until(user)
    return {c.key: [i.ref for i in c.items] for c in handover.board(user, since) if c.items}


def test_each_kind_of_change_stands_in_its_part(shop, ana, cy):
    handed, held, asked, called = (placed(("MUG", 1)) for _ in range(4))
    assign_order(handed.number, username="cy", actor=ana)
    hold_order(held.number, reason="customer_request", actor=ana)
    team = held.holds.get().owner_team
    log_contact(asked.number, direction="in", medium="phone", text="Where?", actor=ana)
    add_note(called.number, text="@cy please", actor=ana)
    found = changed(cy)
    assert found["handed"] == [handed.number]
    assert found["asked"] == [asked.number]
    assert found["mentions"] == [called.number]
    watcher = person("wes", next(iter({"support": "support", "sales": "sales"}.get(t, "warehouse") for t in [team])))
    assert changed(watcher)["held"] == [held.number]


def test_a_no_to_ones_own_hold_is_news(shop, ana, bo):
    order = placed(("MUG", 1))
    hold_order(order.number, reason="stock_check", actor=ana)
    assert "held" not in changed(ana)
    decline_hold(order.number, hold_id=order.holds.get().pk, note="the shelf is empty", actor=bo)
    assert changed(ana)["held"] == [order.number]


def test_what_moved_on_names_the_step_and_the_person(shop, ana, cy):
    order = placed(("MUG", 1), paid="100.00")
    assign_order(order.number, username="cy", actor=ana)
    confirm_order(order.number, actor=ana)
    page = signed_in(cy).get("/since/").content.decode()
    assert "Ana confirmed the order" in page
    assert "moved" in changed(cy)


def test_own_steps_are_no_news(shop, ana):
    order = placed(("MUG", 1), paid="100.00")
    assign_order(order.number, username="ana", actor=ana)
    confirm_order(order.number, actor=ana)
    assert "handed" not in changed(ana)
    assert "moved" not in changed(ana)


def test_overdue_is_what_became_late_since_then_not_what_was(shop, ana):
    became, was, ahead = (placed(("MUG", 1)) for _ in range(3))
    for order, hours in ((became, 1), (was, 40), (ahead, -1)):
        Order.objects.filter(pk=order.pk).update(due_at=now() - timedelta(hours=hours))
    assert changed(ana)["overdue"] == [became.number]


def test_seen_empties_the_board_and_what_comes_later_is_new(shop, ana, cy):
    first = placed(("MUG", 1))
    assign_order(first.number, username="cy", actor=ana)
    page = signed_in(cy)
    assert "Since you left" in page.get("/").content.decode()
    page.post("/since/", {"at": now().isoformat()})
    assert "handed" not in changed(cy)
    assert "Since you left" not in page.get("/").content.decode()
    with time_is(now() + timedelta(seconds=5)):
        second = placed(("MUG", 1))
        assign_order(second.number, username="cy", actor=ana)
    assert changed(cy)["handed"] == [second.number]


def test_what_happened_after_the_page_was_drawn_is_not_marked(shop, ana, cy):
    drawn = now()
    order = placed(("MUG", 1))
    assign_order(order.number, username="cy", actor=ana)
    signed_in(cy).post("/since/", {"at": drawn.isoformat()})
    assert changed(cy)["handed"] == [order.number]


@pytest.mark.parametrize("at", ["", "yesterday", "2026-13-45T99:00", "2026-01-01T00:00"])
def test_a_moment_that_is_none_of_ours_marks_nothing(cy, at):
    signed_in(cy).post("/since/", {"at": at})
    assert not Look.objects.exists()


def test_seen_never_goes_back_nor_ahead_of_now(cy):
    handover.mark_seen(cy, now() + timedelta(days=9))
    ahead = Look.objects.get().seen_until
    assert ahead <= now()
    handover.mark_seen(cy, now() - timedelta(days=3))
    assert Look.objects.get().seen_until == ahead


def test_orders_of_other_channels_are_nobodys_news(shop, ana, cy):
    order = placed(("MUG", 1))
    assign_order(order.number, username="cy", actor=ana)
    log_contact(order.number, direction="in", medium="phone", text="Where?", actor=ana)
    cy.channel_codes = ["other"]
    cy.save()
    assert changed(cy) == {}
