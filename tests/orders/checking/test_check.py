"""What all checks share: one batch at once, overriding with a reason, checking again, and never the past."""

from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oms.kernel.actors import Actor
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders import stagebook
from orders.actions import check
from orders.actions.cancel import cancel_order
from orders.actions.capture import capture_orders
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.channels.draft import Past
from orders.checking.registry import CHECKS
from orders.checking.rulebook import forget
from orders.models import CheckRule, Hold, HoldReason, Order
from tests.orders.checking.house import held, limits, switch_on
from tests.orders.desk import signed_in
from tests.stories import HOME, again, draft, placed, said

pytestmark = pytest.mark.django_db
WRONG = replace(HOME, postal_code="4000")


@pytest.fixture
def wrong(shop) -> Order:
    return placed(ship_to=WRONG)


@contextmanager
def asked_by_checks():
    """Statements the checks ask, counted while orders are placed."""
    counted: list[int] = []
    run = check.check_placed

    def counting(events):
        with CaptureQueriesContext(connection) as queries:
            run(events)
        counted.append(len(queries))

    from orders import handlers

    handlers.check_placed = counting
    try:
        yield counted
    finally:
        handlers.check_placed = run


def batch(count: int, **changes) -> list:
    """Orders of as many buyers, none of whom was here before."""
    first = Order.objects.count()
    return [
        draft(email=f"b{i}@example.test", phone=f"+91 90000 {i:05}", **changes) for i in range(first, first + count)
    ]


def test_a_quiet_batch_costs_two_statements_with_every_check_on(shop):
    """One more, which reads the rules anew, is asked by the capture itself: priorities stand in the same book."""
    for rule in CheckRule.objects.all():
        rule.is_on = True
        rule.save()
    limits(approve_from=Decimal(10**6), cod_up_to=Decimal(10**6))
    with asked_by_checks() as counted:
        for count in (1, 100):
            forget()  # even when the rules themselves are read anew
            capture_orders(batch(count, lines=draft().lines), channel=shop, actor="system")
    assert counted == [2, 2]
    assert not Hold.objects.exclude(rule="").exists()


def test_a_hundred_held_orders_cost_what_one_costs(shop):
    with asked_by_checks() as counted:
        for count in (1, 100):
            forget()
            stagebook.forget()
            capture_orders(batch(count, ship_to=WRONG), channel=shop, actor="system")
    assert Hold.objects.filter(rule="postal_code").count() == 101
    assert counted[0] == counted[1] <= 10


def test_held_orders_leave_the_doctor_nothing_to_find(shop, fay):
    limits(approve_from=Decimal(500))
    capture_orders([*batch(3, ship_to=WRONG), draft(("LAMP", 9), ship_to=WRONG), draft(("NEW", 1), ship_to=WRONG)],
                   channel=shop, actor=fay)  # fmt: skip
    assert Order.objects.filter(stage="on_hold").count() == 5
    assert {code: rows for code, rows in run_all().items() if rows} == {}


def test_confirming_is_refused_while_held_and_possible_after_the_override(wrong, ana):
    with pytest.raises(Refused, match="PIN code “4000”"):
        confirm_order(wrong.number, actor=ana)
    clear_hold(wrong.number, hold_id=Hold.objects.get().pk, actor=ana, note="The village has no code")
    confirm_order(wrong.number, actor=ana)
    hold = Hold.objects.get()
    assert (hold.cleared_by, hold.clear_note) == ("Ana", "The village has no code")


def test_an_override_needs_a_reason_and_somebody_who_may(wrong, ana, bo):
    pk = Hold.objects.get().pk
    with pytest.raises(Refused, match="Say why the order is fine"):
        clear_hold(wrong.number, hold_id=pk, actor=ana, note="  ")
    with pytest.raises(Refused, match="Only Sales, Finance, Support, Owner, Admin may do this"):
        clear_hold(wrong.number, hold_id=pk, actor=bo, note="fine")
    assert held(wrong)


def test_an_api_key_overrides_only_what_its_person_may(wrong, ana, bo):
    pk = Hold.objects.get().pk
    with pytest.raises(Refused, match="Only Sales, Finance"):
        clear_hold(wrong.number, hold_id=pk, actor=Actor("integration", "Key", bo.pk), note="fine")
    clear_hold(wrong.number, hold_id=pk, actor=Actor("integration", "Key", ana.pk), note="fine")
    assert held(wrong) == []


def test_a_persons_hold_is_cleared_without_a_reason_as_before(shop, bo):
    order = hold_order(placed().number, reason="other", actor=bo)
    clear_hold(order.number, hold_id=Hold.objects.get().pk, actor=bo)
    assert again(order).open_holds == 0


def test_what_was_overridden_stays_so_when_checked_again(wrong, ana):
    clear_hold(wrong.number, hold_id=Hold.objects.get().pk, actor=ana, note="fine")
    assert check_again(wrong.number, actor=ana).held == 0
    assert held(wrong) == []


def test_a_corrected_order_is_freed_and_a_new_fault_is_found(wrong, ana):
    Order.objects.filter(pk=wrong.pk).update(ship_to={**wrong.ship_to, "postal_code": "400001"})
    assert check_again(wrong.number, actor=ana).cleared == 1
    assert (again(wrong).stage, held(wrong)) == ("new", [])
    Order.objects.filter(pk=wrong.pk).update(ship_to={**wrong.ship_to, "postal_code": "40000"})
    assert check_again(wrong.number, actor=ana).held == 1
    assert "“40000”" in held(wrong)[0][1]
    assert said(wrong)[-1] == "orders.checked"


def test_the_hold_has_its_reason_team_and_clock(wrong):
    hold = Hold.objects.get()
    rule = CheckRule.objects.get(key="postal_code")
    assert (hold.reason, hold.owner_team) == (rule.reason, rule.owner_team)
    assert (hold.due_at - hold.placed_at).total_seconds() == rule.decide_within_hours * 3600
    assert again(wrong).due_at <= hold.due_at


def test_two_checks_with_one_reason_make_one_hold(shop):
    shared = HoldReason.objects.get(key="address")
    for rule in CheckRule.objects.filter(key__in=["postal_code", "completeness"]):
        rule.is_on, rule.reason = True, shared
        rule.save()
    assert len(held(placed(ship_to=replace(WRONG, line1="")))) == 1


def test_switched_off_checks_find_nothing(shop):
    switch_on("velocity")
    CheckRule.objects.filter(key="velocity").update(is_on=False)
    forget()
    assert held(placed(ship_to=WRONG)) == []


def test_the_past_is_never_checked(shop, ana):
    limits(approve_from=Decimal(1))
    order = placed(ship_to=WRONG, past=Past("processing"))
    assert held(order) == []
    with pytest.raises(Refused, match="checks are for orders not confirmed yet"):
        check_again(order.number, actor=ana)


def test_a_cancelled_order_is_not_checked_again(wrong, ana):
    cancel_order(wrong.number, reason="other", actor=ana)
    with pytest.raises(Refused, match=f"{wrong.number} is cancelled"):
        check_again(wrong.number, actor=ana)


def test_the_page_checks_again_and_clears_with_a_reason(wrong, ana):
    client, url = signed_in(ana), f"/orders/{wrong.number}/"
    page = client.get(url).content.decode()
    assert "Check again" in page and "decide by" in page
    page = client.post(f"{url}holds/{Hold.objects.get().pk}/clearance/", {}, follow=True).content.decode()
    assert "Say why the order is fine" in page
    page = client.post(f"{url}check/", follow=True).content.decode()
    assert "nothing new, 0 holds cleared" in page
    page = client.post(f"{url}holds/{Hold.objects.get().pk}/clearance/", {"note": "fine"}, follow=True).content.decode()
    assert "The hold is cleared." in page


def test_admins_edit_rules_limits_and_the_list(shop, adam):
    client = signed_in(adam)
    for page in ("checkrule", "approvalrule", "blockedentry"):
        assert client.get(f"/admin/orders/{page}/").status_code == 200
    data = {"currency": "inr", "approve_from": "100", "cod_up_to": ""}
    assert client.post("/admin/orders/approvalrule/add/", data).status_code == 302
    assert [rule for rule, _ in held(placed(("MUG", 2)))] == ["amount"]


def test_every_check_is_written_down_as_a_business_rule():
    text = (Path(__file__).resolve().parents[3] / "docs" / "checks.md").read_text()
    assert [c.label for c in CHECKS.values() if f"| {c.label} |" not in text] == []
