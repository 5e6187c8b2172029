"""What a test that commits leaves behind is gone before the next one, seeds included."""

import pytest
from django.db import connection
from django.test import TransactionTestCase

from oms.kernel.clock import now
from orders.models import Channel, Order, Stage
from tests import fresh

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> dict[str, list]:
    found = {}
    with connection.cursor() as cursor:
        for table, columns in fresh._columns.items():
            cursor.execute(f"SELECT {columns} FROM public.{table}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def test_written_changed_and_deleted_rows_are_as_before():
    if not fresh.may_restore():  # a server's user: Django's own flush stays in its place
        assert TransactionTestCase._fixture_teardown.__module__ == "django.test.testcases"
        return
    seeds = everything()
    first, last = Stage.objects.order_by("pk").first(), Stage.objects.order_by("pk").last()
    Stage.objects.filter(pk=first.pk).update(label="Renamed")
    last.delete()
    channel = Channel.objects.create(code="left", name="Left behind")
    Order.objects.create(number="SO-LEFT", channel=channel, placed_at=now(), currency="INR")
    assert everything() != seeds, "the control: without restoring it stays"

    fresh.restore()

    assert everything() == seeds
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",), "keys and triggers work again"
