"""One order for several places: kept, planned, worked on, checked and told place by place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fulfilment.actions.dispatch import dispatch
from fulfilment.actions.pick import finish_pick, pick_line, start_pick
from fulfilment.documents.facts import slip_of
from fulfilment.documents.pick_list import pick_list_pdf
from fulfilment.models import FulfilmentOrder
from inventory.models import Location, RoutingDecision
from notifications.context import values_for
from oms.events.models import Event
from orders.actions.confirm import confirm_order
from orders.actions.merge import merge_orders
from orders.actions.release import release_order
from orders.actions.split import split_order
from orders.channels.draft import AddressDraft
from orders.models import BlockedEntry, DeliveryArea, Order, OrderAddress, OrderLine
from orders.splitting.rules import EACH
from tests.api.test_orders_api import body, issue, post
from tests.api.test_orders_read import get
from tests.fulfilment.pdftext import pages
from tests.fulfilment.steps import pack_all, sick
from tests.orders.addresses.places import DELHI, goes, line, two_places
from tests.orders.checking.conftest import fresh_rulebook  # noqa: F401  rules switched on here are seen at once
from tests.orders.checking.house import held, switch_on
from tests.orders.desk import signed_in
from tests.orders.routing.test_decisions import live
from tests.stories import HOME, again, placed, stock_of

pytestmark = pytest.mark.django_db


def test_each_place_gets_work_paper_and_message_of_its_own(shop, bo, ana):
    order = two_places()
    assert goes(order) == [("MUG", 2, "Mumbai"), ("MUG", 1, "Delhi"), ("KETTLE", 1, "Delhi")]
    assert (order.address_count, order.ship_city) == (2, "Mumbai")
    confirm_order(order.number, actor=bo)
    release_order(order.number, actor=bo)
    work = list(FulfilmentOrder.objects.filter(order=order).order_by("pk"))
    assert [(fo.location.code, fo.city, fo.lines.count()) for fo in work] == [
        ("pune", "Mumbai", 1),
        ("pune", "Delhi", 2),
    ]
    assert "7 Example Marg" in slip_of(work[1]).address and "12 Example Road" in slip_of(work[0]).address
    assert "Address 2, Delhi" in pages(pick_list_pdf(work[1]))[0]

    client = signed_in(bo)
    assert "to Delhi" in client.get(f"/warehouse/{work[1].number}/").content.decode()
    fo = work[1]
    start_pick(fo.number, actor=bo)
    for row in fo.lines.select_related("product"):
        pick_line(fo.number, code=row.product.sku, qty=row.qty, actor=bo)
    pack_all(finish_pick(fo.number, actor=bo), bo)
    parcel = dispatch(fo.number, carrier="own", tracking_number="T-1", actor=bo)
    left = Event.objects.get(name="fulfilment.dispatched", subject=parcel.number)
    assert "7 Example Marg" in values_for(again(order), left)["ship_to"]
    assert "12 Example Road" not in values_for(again(order), left)["ship_to"]
    assert "7 Example Marg" in client.get(f"/warehouse/shipments/{parcel.number}/").content.decode()
    page = signed_in(ana).get(f"/orders/{order.number}/").content.decode()
    for words in ("to Address 2, Delhi", "Ship to: Address 2", "7 Example Marg", "to Delhi"):
        assert words in page, words
    assert again(order).fulfilment_status == "partially_dispatched"
    assert sick() == {}


def test_each_address_is_served_from_the_place_nearest_to_it(shop):
    Location.objects.filter(code="pune").update(latitude="18.52", longitude="73.85")
    Location.objects.filter(code="delhi").update(latitude="28.61", longitude="77.21")
    live({"strategy": "nearest"})
    order = placed(lines=(line("MUG", 2), line("MUG", 1, DELHI)))
    assert (stock_of("MUG").reserved, stock_of("MUG", "delhi").reserved) == (2, 1)
    said = list(
        RoutingDecision.objects.filter(order_number=order.number).order_by("pk").values_list("reason", "places")
    )
    assert said == [
        ("Address 1, Mumbai: Pune has everything", ["pune"]), ("Address 2, Delhi: Delhi has everything", ["delhi"]),
    ]  # fmt: skip


def test_a_unit_is_promised_to_one_address_only(shop):
    order = placed(lines=(line("KETTLE", 7), line("KETTLE", 7, DELHI)))
    assert list(OrderLine.objects.filter(order=order).values_list("qty_reserved", "qty_backordered")) == [
        (7, 0),
        (3, 4),
    ]
    assert sick() == {}


def test_every_address_is_checked_and_the_wrong_one_is_named(shop):
    nowhere = AddressDraft(line1="1 Far Road", city="Goa", postal_code="40x", country="IN")
    lines = (line("MUG", 1), line("MUG", 1, nowhere))
    switch_on("postal_code")
    ((_, said),) = held(placed(lines=lines))
    assert said.startswith("Address 2, Goa: PIN code “40x” is not six digits")
    switch_on("completeness")
    empty = AddressDraft(line1="1 Far Road", city="Goa", country="IN")
    ((_, said),) = held(placed(lines=(line("MUG", 1), line("MUG", 1, empty))))
    assert said == "Address 2, Goa: Details are missing: the postal code; ask the customer and complete the order"
    switch_on("zone")
    DeliveryArea.objects.create(channel=shop, country="IN", first_code=400000, last_code=409999)
    ((_, said),) = held(placed(lines=(line("MUG", 1), line("MUG", 1, DELHI))))
    assert said.startswith("Address 2, Delhi: PIN code 110001 is outside the delivery area of Website")
    switch_on("blocked")
    BlockedEntry.objects.create(kind="postal_code", value="110001")
    ((_, said),) = held(placed(lines=(line("MUG", 1), line("MUG", 1, DELHI))))
    assert "The postal code is on the blocked list" in said
    assert held(placed()) == []


def test_lines_that_say_the_orders_own_address_make_no_second_one(shop):
    order = placed(lines=(line("MUG", 1, HOME), line("MUG", 1)))
    assert (order.address_count, OrderAddress.objects.count()) == (1, 0)
    only_lines = placed(
        ship_to=AddressDraft(), lines=(line("MUG", 1, DELHI), line("MUG", 1, HOME), line("MUG", 1, DELHI))
    )
    assert (only_lines.ship_city, only_lines.address_count) == ("Delhi", 2)
    assert [place for _, _, place in goes(only_lines)] == ["Delhi", "Mumbai", "Delhi"]


def test_an_order_for_one_address_costs_no_statement_more(shop, read_once):
    """The negative control: a second address does."""

    def statements(make) -> int:
        with CaptureQueriesContext(connection) as seen:
            make()
        return len(seen)

    for _ in range(2):  # what is remembered between orders is read first
        placed(lines=(line("MUG", 1), line("MUG", 1)))
    usual = statements(lambda: placed(lines=(line("MUG", 1), line("MUG", 1))))
    assert statements(lambda: placed(lines=(line("MUG", 1), line("MUG", 1, HOME)))) == usual
    assert statements(lambda: placed(lines=(line("MUG", 1), line("MUG", 1, DELHI)))) > usual


def test_over_http_each_line_says_where_it_goes(shop):
    there = {"line1": "7 Example Marg", "city": "Delhi", "postal_code": "110001", "country": "IN"}
    lines = [
        {"sku": "MUG", "qty": 1, "unit_price": "100.00"},
        {"sku": "MUG", "qty": 1, "unit_price": "100.00", "ship_to": there},
    ]
    key, payload = issue(), body(lines=lines)
    number = post(key, payload).json()["number"]
    assert goes(Order.objects.get(number=number)) == [("MUG", 1, "Mumbai"), ("MUG", 1, "Delhi")]
    assert post(key, payload).status_code == 200
    lines[1] = {**lines[1], "ship_to": {**there, "line1": "8 Other Marg"}}
    assert post(key, payload | {"lines": lines}).status_code == 409
    told = get(key, f"/{number}/details").json()
    assert [x["ship_to"]["city"] for x in told["lines"]] == ["Mumbai", "Delhi"]


def test_a_part_of_the_order_and_a_merged_order_keep_where_their_units_go(shop, ana):
    order = two_places()
    confirm_order(order.number, actor=ana)
    lines = {line.position: line.pk for line in OrderLine.objects.filter(order=order)}
    _, both = split_order(order.number, quantities={lines[1]: 1, lines[2]: 1}, reason="Today", actor=ana)
    assert (goes(both), both.ship_city, both.address_count) == (
        [("MUG", 1, "Mumbai"), ("MUG", 1, "Delhi")],
        "Mumbai",
        2,
    )
    _, branch = split_order(order.number, quantities={lines[3]: 1}, reason="Later", actor=ana)
    assert (goes(branch), branch.ship_city, branch.address_count) == ([("KETTLE", 1, "Delhi")], "Delhi", 1)
    assert sick() == {}

    merge_orders(order.number, other=branch.number, reason="Together", address_of=EACH, actor=ana)
    merge_orders(order.number, other=both.number, reason="Together", actor=ana)
    assert goes(again(order))[-3:] == [("KETTLE", 1, "Delhi"), ("MUG", 1, "Mumbai"), ("MUG", 1, "Delhi")]
    assert again(order).address_count == 2
    assert sick() == {}


def test_doctor_names_a_line_that_goes_to_a_strangers_address(shop, ana):
    order, other = two_places(), two_places()
    confirm_order(order.number, actor=ana)
    strange = OrderAddress.objects.get(order=other)
    OrderLine.objects.filter(order=order, position=2).update(ship_to=strange)
    Order.objects.filter(pk=other.pk).update(address_count=1)
    found = sick()
    assert {f.subject for f in found["orders.addresses"]} == {order.number, other.number}
    assert len(found["fulfilment.addresses"]) == 1
