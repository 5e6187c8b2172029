"""Priority: chosen by rule when an order comes in, at no statement more; what a person chose stays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oms.events.models import Event
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders import stagebook
from orders.actions.amend_apply import has_moved
from orders.actions.assign import assign_order
from orders.actions.capture import capture_orders
from orders.actions.prioritize import prioritize_order
from orders.actions.undo import undo_step
from orders.checking.rulebook import forget
from orders.models import Channel, CustomerGroup, Order, Priority, PriorityRule
from orders.priorities import PriorityOf, set_priority
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import again, draft, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_rulebook(shop):
    forget()
    yield
    forget()


def rule(name: str, priority: int = Priority.URGENT, **conditions) -> PriorityRule:
    return PriorityRule.objects.create(name=name, priority=priority, is_on=True, **conditions)


AT = now()
CASES = (
    (PriorityOf(1, "All", 1, 2), True),
    (PriorityOf(1, "Channel", 1, 2, channel_id=7), True),
    (PriorityOf(1, "Other channel", 1, 2, channel_id=8), False),
    (PriorityOf(1, "Group", 1, 2, group_id=3), True),
    (PriorityOf(1, "Other group", 1, 2, group_id=4), False),
    (PriorityOf(1, "Tag", 1, 2, tag="Express"), True),
    (PriorityOf(1, "Other tag", 1, 2, tag="Slow"), False),
    (PriorityOf(1, "Total", 1, 2, total_from=Decimal(500)), True),
    (PriorityOf(1, "More", 1, 2, total_from=Decimal(501)), False),
    (PriorityOf(1, "Soon", 1, 2, within_hours=24), True),
    (PriorityOf(1, "Sooner", 1, 2, within_hours=23), False),
)


@pytest.mark.parametrize(("one", "holds"), CASES, ids=[c[0].name for c in CASES])
def test_each_condition_says_yes_and_no(one, holds):
    channel = Channel(pk=7, name="Web")
    order = Order(
        channel=channel, tags=["express"], book_total=Decimal(500), book_currency="INR",
        promised_at=AT + timedelta(hours=24),
    )  # fmt: skip
    set_priority(order, 3, [one], AT)
    assert (order.priority, bool(order.priority_why)) == ((2, True) if holds else (3, False))


def test_the_first_rule_that_holds_decides_and_the_order_says_why(ana):
    rule("Big", Priority.HIGH, position=2, total_from=Decimal(300))
    rule("Gold", position=1, group=CustomerGroup.objects.create(code="gold", name="Gold customers"))
    first = placed(("MUG", 3))
    assert (first.priority, first.priority_why) == (Priority.HIGH, "Big: ₹300.00 or more")
    first.customer.group = CustomerGroup.objects.get()
    first.customer.save()
    second, small = placed(), placed(email="other@example.test", phone="+91 90000 00001")
    assert (second.priority, second.priority_why) == (Priority.URGENT, "Gold: customer of Gold customers")
    assert (small.priority, small.priority_why) == (Priority.NORMAL, "")
    page = signed_in(ana).get(second.get_absolute_url()).content.decode()
    assert "Urgent by rule Gold: customer of Gold customers" in page and "Urgent. Gold: customer" in page


def test_a_persons_choice_stays_and_can_be_undone(ana):
    rule("All")
    order = placed()
    client = signed_in(ana)
    client.post(f"/orders/{order.number}/priority/", {"priority": "4"})
    assert (again(order).priority, again(order).priority_why) == (Priority.LOW, "")
    for wrong in ("4", "9", ""):
        with pytest.raises(Refused):
            prioritize_order(order.number, priority=wrong, actor=ana)
    step = Event.objects.get(name="orders.prioritized")
    undo_step(order.number, seq=step.seq, actor=ana)
    assert (again(order).priority, again(order).priority_why) == (Priority.URGENT, "All")


def test_two_people_on_one_order_never_overwrite_each_other(ana, client):
    """What a page sends says what it showed: a choice that another has overtaken is refused and nothing is lost."""
    order, other = placed(), person("kim", "sales")
    client.force_login(ana)
    page = order.get_absolute_url()
    assert f'name="seen" value="{Priority.NORMAL.value}"' in client.get(page).content.decode()
    at = again(order).version
    prioritize_order(order.number, priority=Priority.URGENT, actor=other)
    assert again(order).version > at and has_moved(again(order), at), "who prepares an amendment is told"
    late = client.post(f"{page}priority/", {"priority": Priority.LOW, "seen": Priority.NORMAL}, follow=True)
    assert "is urgent since somebody else changed it" in late.content.decode()
    assert again(order).priority == Priority.URGENT
    client.post(f"{page}priority/", {"priority": Priority.LOW, "seen": Priority.URGENT})
    assert again(order).priority == Priority.LOW
    assign_order(order.number, username="kim", actor=other)
    late = client.post(f"{page}assignment/", {"username": "ana", "seen": ""}, follow=True).content.decode()
    assert "Kim" in late and "since somebody else changed it" in late and again(order).assignee == other
    client.post(f"{page}assignment/", {"username": "", "seen": "kim"})
    assert again(order).assignee is None


def test_rules_cost_capture_no_statement(shop):
    def asked() -> int:
        forget()  # the rules are read anew, in the one statement that reads the checks
        stagebook.forget()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            capture_orders([draft()], channel=shop, actor="system")
        return len(queries)

    asked()
    without = asked()
    rule("Tag", tag="x")
    rule("All", total_from=Decimal(1))
    assert asked() == without
