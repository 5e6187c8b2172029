"""Quantities of lines become the order's answer: right, refused below zero, and at the same cost for any number of lines."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from oms.events.models import Event
from oms.events.publish import Fact, publish_all
from oms.kernel.errors import Refused
from oms.kernel.load import load_first
from orders.actions.confirm import confirm_order
from orders.actions.progress import report_quantities
from orders.locks import lock_order
from orders.models import Order, OrderLine
from tests.stories import again, placed

THREE = (("MUG", 2), ("KETTLE", 1), ("LAMP", 1))


def allocated(*lines, ana) -> Order:
    order = placed(*lines)
    confirm_order(order.number, actor=ana)
    return order


@transaction.atomic
def pick(order: Order, qty: int) -> int:
    """Report `qty` more units picked on every allocated line; returns how many statements it took."""
    locked = lock_order(order.number)
    ids = OrderLine.objects.filter(order=order, qty_allocated__gt=0).values_list("pk", flat=True)
    deltas = {pk: {"picked": qty} for pk in ids}
    with CaptureQueriesContext(connection) as taken:
        report_quantities(locked, deltas)
    assert (locked.qty_picked, locked.version) == (again(order).qty_picked, again(order).version)
    return len(taken)


def test_lines_and_order_say_the_same(shop, ana):
    order = allocated(*THREE, ana=ana)
    before = again(order).version
    pick(order, 1)
    after = again(order)
    assert list(after.lines.values_list("qty_picked", flat=True)) == [1, 1, 0]  # there are no lamps
    assert (after.qty_picked, after.qty_ordered, after.line_count, after.version) == (2, 4, 3, before + 1)
    assert after.fulfilment_status == "picking"


def test_below_zero_is_refused_with_the_sku_and_changes_nothing(shop, ana):
    order = allocated(*THREE, ana=ana)
    with pytest.raises(Refused, match="MUG: picked would go below zero"):
        pick(order, -1)
    assert again(order).qty_picked == 0


def test_three_lines_cost_as_many_statements_as_one(shop, ana, read_once):
    one, three = allocated(("MUG", 1), ana=ana), allocated(("MUG", 1), ("KETTLE", 1), ana=ana)
    pick(one, 1)  # reads the stages
    assert pick(one, -1) == pick(three, 1) == 4


def test_a_locked_order_is_the_row_as_the_orm_reads_it(shop, ana):
    order = again(allocated(*THREE, ana=ana))
    with transaction.atomic():
        locked = lock_order(order.number)
    for field in Order._meta.concrete_fields:
        assert getattr(locked, field.attname) == getattr(order, field.attname), field.name
    assert load_first(Order, "m.number = %s", ["SO-0"]) is None


def test_facts_of_several_streams_go_on_where_each_stands(shop):
    order = placed()
    assert Event.objects.get(stream=order.number).seq == 1
    with transaction.atomic():
        facts = [Fact("a", order.number), Fact("b", "elsewhere"), Fact("c", order.number)]
        assert [(e.stream, e.seq) for e in publish_all(facts, actor="system")] == [
            (order.number, 2), ("elsewhere", 1), (order.number, 3),
        ]  # fmt: skip
    assert list(Event.objects.filter(stream=order.number).order_by("seq").values_list("seq", "name"))[1:] == [
        (2, "a"),
        (3, "c"),
    ]
