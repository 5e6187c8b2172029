"""Doctor: clean after real work, and each check names the fault planted for it."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from oms.events.models import Delivery, Event
from oms.ops.doctor.registry import CHECKS, run_all
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.hold import hold_order
from orders.models import Order
from tests.stories import placed


@pytest.fixture
def worked(shop, ana) -> Order:
    """A shop after some work: one order confirmed, one held, one short, one cancelled."""
    confirmed = placed(("MUG", 2), paid="200.00")
    confirm_order(confirmed.number, actor=ana)
    hold_order(placed(("MUG", 1)).number, reason="address", actor=ana)
    placed(("LAMP", 2))
    cancel_order(placed(("KETTLE", 3)).number, reason="other", actor=ana)
    return Order.objects.get(pk=confirmed.pk)


def test_real_work_leaves_nothing_to_find(worked):
    assert {code: rows for code, rows in run_all().items() if rows} == {}


# check -> SQL that breaks its rule behind the program's back. {o}: the confirmed order's number.
NO_TRIGGERS = "SET LOCAL session_replication_role = replica; "
FAULTS = {
    "events.chain": NO_TRIGGERS
    + "UPDATE events_event SET source = 'processing' WHERE stream = '{o}' AND move = 'confirm'",
    "events.legal": NO_TRIGGERS + "UPDATE events_event SET move = 'jump' WHERE stream = '{o}' AND move = 'confirm'",
    "events.current": "UPDATE orders_order SET status = 'processing' WHERE number = '{o}'",
    "events.seq": NO_TRIGGERS + "DELETE FROM events_event WHERE stream = '{o}' AND seq = 2",
    "deliveries.stuck": "PARKED",
    "inbox.stuck": (
        "INSERT INTO intake_connection (code, name, handler, channel_code, generation, is_active, created_at)"
        " VALUES ('c', 'C', 'orders', '', 1, true, now());"
        "INSERT INTO intake_inboundmessage (connection_id, external_id, body, status, attempts, next_at, last_error, outcome,"
        " received_at) SELECT id, 'm', '', 'pending', 0, now() - interval '1 day', '', '', now() FROM intake_connection"
    ),
    "events.future": NO_TRIGGERS
    + "UPDATE events_event SET at = now() + interval '3 days' WHERE stream = '{o}' AND seq = 1",
    "schema.constraints": "ALTER TABLE orders_orderline DROP CONSTRAINT line_money_not_negative",
    "stock.ledger": "UPDATE inventory_stocklevel SET on_hand = on_hand + 1 WHERE id = (SELECT min(id) FROM inventory_stocklevel)",
    "stock.promises": "UPDATE inventory_stocklevel SET reserved = reserved + 1 WHERE available > 0",
    "stock.bounds": "ALTER TABLE inventory_stocklevel DROP CONSTRAINT stock_never_oversold; UPDATE inventory_stocklevel SET reserved = 99",
    "routing.rules": (
        "INSERT INTO inventory_routingpolicy (version, state, note, created_at) VALUES (1, 'active', '', now())"
    ),
    "routing.decisions": NO_TRIGGERS
    + "DELETE FROM inventory_routingdecision WHERE order_number = (SELECT max(order_number) FROM inventory_allocation)",
    "orders.promises": "UPDATE orders_orderline SET qty_allocated = 1 WHERE qty_allocated = 2",
    "orders.totals": "UPDATE orders_order SET total = total + 0.01 WHERE number = '{o}'",
    "orders.quantities": "UPDATE orders_order SET qty_allocated = 1 WHERE number = '{o}'",
    "orders.answer": "UPDATE orders_order SET stage = 'packed' WHERE number = '{o}'",
    "orders.owned": (
        "ALTER TABLE orders_order DROP CONSTRAINT order_open_has_owner;"
        "UPDATE orders_order SET owner_team = '' WHERE number = '{o}'"
    ),
    "orders.bounds": (
        "ALTER TABLE orders_orderline DROP CONSTRAINT line_ends_within_dispatched;"
        "UPDATE orders_orderline SET qty_written_off = 1 WHERE order_id = (SELECT id FROM orders_order WHERE number = '{o}')"
    ),
    "orders.placed": NO_TRIGGERS + "DELETE FROM events_event WHERE stream = '{o}'",
    "orders.unique": (
        "ALTER TABLE orders_order DROP CONSTRAINT order_once_per_channel;"
        "UPDATE orders_order SET external_id = 'same', channel_id = (SELECT min(id) FROM orders_channel)"
    ),
    "orders.future": "UPDATE orders_order SET placed_at = now() + interval '3 days' WHERE number = '{o}'",
}


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_a_planted_fault_is_named(worked, code):
    if FAULTS[code] == "PARKED":
        Delivery.objects.create(event=Event.objects.first(), handler="gone", status="parked")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(FAULTS[code].format(o=worked.number))
    assert list(CHECKS[code].run()), f"{code} does not see its fault"


def test_what_happens_while_the_doctor_works_is_no_future(worked):
    """The limit is five minutes from the moment the check asks, not from when its transaction began."""
    with connection.cursor() as cursor:
        cursor.execute(f"{NO_TRIGGERS} UPDATE events_event SET at = now() + interval '5 minutes 1 microsecond'")
    assert list(CHECKS["events.future"].run()) == []


def test_every_check_has_a_fault_planted_somewhere_in_the_tests():
    tests = Path(__file__).parents[1]
    written = "".join(p.read_text() for p in tests.rglob("test_*.py"))
    assert [code for code in CHECKS if code not in FAULTS and f'"{code}"' not in written] == []


def test_the_command_ends_one_on_findings_and_speaks_json(worked, capsys):
    Order.objects.filter(pk=worked.pk).update(total=1)
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["orders.totals"][0]["subject"] == worked.number
