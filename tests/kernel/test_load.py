"""Rows through prepared statements are the rows the ORM gives, with what hangs on them."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fulfilment.actions.answer_loss import send_lost_again
from fulfilment.actions.parcel import lose
from fulfilment.models import FulfilmentOrder, Shipment
from oms.kernel.load import load, load_first, load_parts
from orders.models import Order, OrderLine
from tests.fulfilment.steps import on_road, released
from tests.orders.addresses.places import two_places
from tests.stories import placed

pytestmark = pytest.mark.django_db


def values(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def asked(act) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)


def test_joined_rows_are_those_of_select_related_and_ask_nothing(shop, ana):
    order = released(ana)
    paths = ("location", "purchase__supplier", "order__channel", "order__assignee")
    (mine,) = load(FulfilmentOrder, "m.order_id = %s::bigint", [order.pk], joined=paths)
    (theirs,) = FulfilmentOrder.objects.filter(order=order).select_related(*paths)
    assert values(mine) == values(theirs)
    for follow in (lambda fo: fo.location, lambda fo: fo.order, lambda fo: fo.order.channel):
        assert asked(lambda: values(follow(mine))) == 0  # noqa: B023
        assert values(follow(mine)) == values(follow(theirs))
    assert asked(lambda: (mine.purchase, mine.order.assignee)) == 0
    assert (mine.purchase, mine.order.assignee) == (None, None)


def test_the_other_end_of_a_one_to_one_is_there_or_missing(shop, ana):
    lost, sound = (on_road(released(ana, external_id=name), ana, tracking=name) for name in ("lost", "sound"))
    lose(lost.number, reason="Not at the hub", actor=ana)
    send_lost_again(lost.number, actor=ana)
    one, other = load(Shipment, "m.number IN (%s, %s) ORDER BY m.id", [lost.number, sound.number], joined=("loss",))
    assert asked(lambda: one.loss.shipment) == 0
    assert one.loss.answer == "sent_again"
    assert asked(lambda: hasattr(other, "loss")) == 0
    assert not hasattr(other, "loss")


def test_parts_are_those_of_prefetch_related_in_their_order(shop):
    first, second = two_places(), placed(("KETTLE", 1), ("MUG", 2))
    mine = load(Order, "m.id = ANY(%s::bigint[]) ORDER BY m.id", [[first.pk, second.pk]])
    load_parts(mine, "lines", joined=("product", "ship_to"))
    theirs = Order.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk").prefetch_related("lines")
    for one, other in zip(mine, theirs, strict=True):
        assert [values(line) for line in one.lines.all()] == [values(line) for line in other.lines.all()]
        assert asked(lambda: [(line.order, line.product, line.ship_to) for line in one.lines.all()]) == 0  # noqa: B023
        assert [line.order for line in one.lines.all()] == [one] * len(one.lines.all())
        some = one.lines.all()[0]
        assert list(one.lines.filter(sku=some.sku)) == list(OrderLine.objects.filter(order=one, sku=some.sku))
    assert load_parts([], "lines") == []


def test_the_order_of_parts_follows_a_joined_relation(shop, ana):
    fo = FulfilmentOrder.objects.get(order=released(ana, ("MUG", 1), ("KETTLE", 1)))
    assert [line.pk for line in load_parts([fo], "lines")] == [line.pk for line in fo.lines.all()]


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_and_the_wait_is_limited_by_the_same_statement(shop):
    order = placed()
    with transaction.atomic():
        statements = asked(lambda: load_first(Order, "m.number = %s", [order.number], wait=1.5, joined=("channel",)))
        assert statements == 1
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("1500ms",)
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = 'orders_order'::regclass AND mode = 'RowShareLock'"
            )
            assert cursor.fetchone() == (1,)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
