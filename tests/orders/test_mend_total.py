"""A total that is a coin off: who books the rest, and who does not."""

from decimal import Decimal

import pytest
from django.core.management import call_command

from oms.ops.doctor.registry import run_all
from orders.models import Order
from tests.stories import again, placed, said


@pytest.fixture
def off(shop) -> Order:
    """An order of ₹200 whose goods add up to a paisa less, as rounding once left it."""
    order = placed(("MUG", 2))
    line = order.lines.get()
    type(line).objects.filter(pk=line.pk).update(total=Decimal("199.99"))
    return order


def test_the_rest_is_booked_once_and_the_customer_owes_the_same(off, capsys):
    call_command("mend_totals")
    assert (again(off).adjustment_total, "199.99" in capsys.readouterr().out) == (0, True)
    call_command("mend_totals", "--write")
    call_command("mend_totals", "--write")
    order = again(off)
    assert (order.total, order.adjustment_total, order.adjustment_note) == (200, Decimal("0.01"), "Rounding")
    assert said(order)[-1] == "orders.total_mended"
    assert said(order).count("orders.total_mended") == 1
    assert {
        code: found for code, found in run_all(["orders.totals", "orders.answer", "events.seq"]).items() if found
    } == {}


def test_what_is_no_rounding_is_left_to_a_person(off, capsys):
    off.lines.update(total=Decimal("150.00"))
    call_command("mend_totals", "--write")
    assert "off by ₹50.00, which is no rounding" in capsys.readouterr().out
    assert again(off).adjustment_total == 0
