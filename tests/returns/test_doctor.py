"""The doctor is content after real returns, and each of its checks names the fault planted for it."""

import pytest
from django.db import connection

from notifications.actions.send import send_due_messages
from oms.events.relay import deliver_due
from oms.ops.doctor.registry import CHECKS, run_all
from tests.returns import steps, story

# check -> SQL that breaks its rule behind the program's back; a constraint in the way is taken down first.
FAULTS = {
    "returns.order_sums": [
        "UPDATE orders_orderline SET qty_returned = qty_returned - 1",
        "UPDATE orders_order SET returned_total = returned_total + 1",
        "UPDATE orders_order SET open_returns = 7",
    ],
    "returns.refund_bound": [
        "UPDATE returns_returnline SET value = 1000",
        "UPDATE returns_return SET shipping_refund = shipping_refund + 1",
    ],
    "returns.quarantine": [
        "UPDATE returns_returnline SET qty_inspected = 0, qty_restocked = 0",
        "DELETE FROM returns_inspection WHERE id = (SELECT min(id) FROM returns_inspection)",
    ],
    "messages.stuck": [
        "UPDATE notifications_outgoingmessage SET status = 'failed', sent_at = NULL",
        "UPDATE notifications_outgoingmessage SET status = 'queued', next_at = now() - interval '1 hour'",
        "UPDATE notifications_outgoingmessage SET status = 'sending', claimed_until = now() - interval '1 hour'",
    ],
    "payments.future": ["UPDATE payments_payment SET received_at = now() + interval '3 days'"],
}


@pytest.fixture
def worked(ana, fay):
    """One order with a part returned and settled, another return open, its money received."""
    from payments.actions.record import record_payment

    order = story.delivered([story.mugs(3)], actor=ana)
    record_payment(order.number, method="cash", amount=30, actor=fay)
    steps.settled(order, 1, actor=ana)
    steps.received(order, 1, actor=ana)
    while deliver_due() or send_due_messages():
        pass
    return order


def test_real_returns_leave_nothing_to_find(worked):
    assert not any(run_all(FAULTS).values())


@pytest.mark.parametrize(("code", "fault"), [(code, fault) for code, faults in FAULTS.items() for fault in faults])
def test_a_planted_fault_is_named(worked, code, fault):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(fault)
    found = list(CHECKS[code].run())
    known = {
        worked.number,
        *worked.returns.values_list("number", flat=True),
        *worked.payments.values_list("number", flat=True),
    }
    assert found
    assert {f.subject for f in found} <= known
