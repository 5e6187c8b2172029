"""Sending units of a placed order elsewhere: what stands behind them follows, what is packed stays."""

import pytest

from fulfilment.actions.label import label_parcel
from fulfilment.models import FulfilmentOrder
from oms.kernel.errors import Refused
from orders.actions.amend import draft_amendment
from orders.actions.amend_apply import apply_amendment
from orders.amending.change import Change
from orders.models import Amendment, ChangeKind, Order, OrderLine
from tests.fulfilment.steps import packed, picking, released, sick, work_of
from tests.orders.addresses.places import DELHI, goes, two_places
from tests.orders.desk import signed_in
from tests.stories import again, stock_of

pytestmark = pytest.mark.django_db
THERE = {k: v for k, v in DELHI.__dict__.items() if v}


def amended(order: Order, *changes: Change, actor) -> Amendment:
    document = draft_amendment(order.number, changes, reason="Customer called", actor=actor)
    return apply_amendment(document.number, seen=again(order).version, actor=actor)


def live_work(order: Order) -> list[tuple[str, int]]:
    rows = FulfilmentOrder.objects.filter(order=order).exclude(status="cancelled").order_by("pk")
    return [(fo.city, sum(row.qty for row in fo.lines.all())) for fo in rows]


def test_a_part_of_a_line_goes_elsewhere_with_its_stock_money_and_work(shop, bo, ana):
    order = released(bo, ("MUG", 3))
    picking(order, bo)
    line, before = OrderLine.objects.get(order=order), stock_of("MUG")
    document = amended(order, Change(ChangeKind.SHIP_TO, line_id=line.pk, qty=1, address=THERE), actor=ana)
    assert goes(order) == [("MUG", 2, "Mumbai"), ("MUG", 1, "Delhi")]
    assert (again(order).total, again(order).qty_allocated, stock_of("MUG")) == (order.total, 3, before)
    assert live_work(order) == [("Mumbai", 2), ("Delhi", 1)]
    assert sick() == {}

    (new,) = OrderLine.objects.filter(amendment=document)
    amended(order, Change(ChangeKind.SHIP_TO, line_id=new.pk), actor=ana)  # back to the order's own address, all of it
    assert goes(order) == [("MUG", 2, "Mumbai"), ("MUG", 1, "Mumbai")]
    assert {city for city, units in live_work(order) if units} == {"Mumbai"}
    assert sick() == {}


def test_what_is_packed_stays_and_a_corrected_address_takes_its_label_off(shop, bo, ana):
    order = released(bo, ("MUG", 2))
    fo = packed(order, bo)
    line = OrderLine.objects.get(order=order)
    with pytest.raises(Refused, match="up to 0 can go to another address, not 1. 2 are packed: open that parcel first"):
        amended(order, Change(ChangeKind.SHIP_TO, line_id=line.pk, qty=1, address=THERE), actor=ana)
    label_parcel(fo.number, carrier="own", tracking_number="T-1", actor=bo)
    with pytest.raises(Refused, match="has no address 2"):
        amended(order, Change(ChangeKind.ADDRESS, place=2, address=THERE), actor=ana)
    assert work_of(order).shipments.get().status == "label_ready"
    amended(order, Change(ChangeKind.ADDRESS, address=THERE), actor=ana)
    assert work_of(order).shipments.get().status == "cancelled"
    assert sick() == {}


def test_the_form_sends_units_to_a_known_and_to_a_new_address_and_corrects_one(shop, ana):
    order = two_places()
    client, url = signed_in(ana), f"/orders/{order.number}/amendments/new/"
    page = client.get(url).content.decode()
    assert "Correct Address 2, Delhi" in page and "Goes to Address 1, Mumbai" in page
    first, second, third = OrderLine.objects.filter(order=order).order_by("position")
    data = {"head-shipping": "0.00", "head-reason": "Branch moved", "readdress-2": "on", "seen": again(order).version}
    for line in (first, second, third):
        data |= {
            f"line-{line.pk}-qty": line.qty_ordered,
            f"line-{line.pk}-price": "100.00",
            f"line-{line.pk}-discount": "0.00",
        }
    place = {"line1": "9 New Marg", "city": "Delhi", "postal_code": "110002", "country": "IN"}
    data |= {f"place-2-{k}": v for k, v in place.items()} | {f"new-{k}": v for k, v in place.items() if k != "city"}
    data |= {f"line-{first.pk}-to": "new", f"line-{first.pk}-to_qty": "1", f"line-{third.pk}-to": "1"}
    assert client.post(url, data).status_code == 422  # the new address has no city
    answer = client.post(url, data | {"new-city": "Goa"})
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url).content.decode()
    for words in ("1 × Mug to 9 New Marg, Goa", "Address 2: delivered to 9 New Marg, Delhi"):
        assert words in page, words
    apply_amendment(Amendment.objects.get().number, seen=again(order).version, actor=ana)
    assert goes(again(order)) == [("MUG", 1, "Mumbai"), ("MUG", 1, "Delhi"), ("KETTLE", 1, "Mumbai"), ("MUG", 1, "Goa")]
    assert again(order).further_addresses.get(position=2).address["line1"] == "9 New Marg"
    assert sick() == {}
