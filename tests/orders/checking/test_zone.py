"""Delivery areas (VA-03): the channel's decide, else those of its locations; edited and imported by admins."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from inventory.models import Location
from oms.kernel.errors import Refused
from orders.actions.check import check_again
from orders.actions.import_areas import import_areas
from orders.models import Channel, DeliveryArea
from orders.zones.read import read_areas
from tests.orders.checking.house import held, switch_on
from tests.orders.desk import signed_in
from tests.stories import HOME, placed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on(db):
    switch_on("zone")


def area(first: int, last: int, country: str = "IN", **whose) -> DeliveryArea:
    made = DeliveryArea(name="Area", country=country, first_code=first, last_code=last, **whose)
    made.full_clean()
    made.save()
    return made


def of(**whose):
    """Zoya's order, to her PIN code 400001 unless said otherwise."""
    return held(placed(ship_to=replace(HOME, **whose)))


def test_without_an_area_we_deliver_everywhere(shop):
    assert of() == []


def test_outside_the_channels_area_the_order_waits_with_what_to_do(shop):
    area(400001, 400104, channel=shop)
    assert of() == []
    assert of(postal_code="400 104") == []
    assert of(postal_code="400105") == [
        ("zone", "PIN code 400105 is outside the delivery area of Website; ask for another address, or clear this and say how"
         " it gets there")
    ]  # fmt: skip
    assert of(postal_code="") == [], "a missing code is another check's matter"
    assert of(postal_code="4001") == []
    assert len(of(country="AU", postal_code="4000", state="QLD")) == 1
    assert "Postal code 10001 is outside" in of(country="US", postal_code="10001")[0][1]


def test_one_location_that_delivers_there_is_enough_and_one_without_areas_delivers_everywhere(shop):
    pune, delhi = Location.objects.order_by("rank")
    area(110001, 119999, location=pune)
    assert of() == [], "Delhi has no areas"
    area(120000, 129999, location=delhi)
    assert "outside the delivery area of Pune and Delhi;" in of()[0][1]
    area(400000, 409999, location=delhi)
    assert of() == []
    shop.location_codes = ["pune"]
    shop.save()
    assert "outside the delivery area of Pune;" in of()[0][1]


def test_an_area_switched_off_does_not_count_and_a_shop_counter_asks_nothing(shop):
    made = area(110001, 119999, channel=shop)
    DeliveryArea.objects.filter(pk=made.pk).update(is_active=False)
    assert of() == []
    DeliveryArea.objects.filter(pk=made.pk).update(is_active=True)
    Channel.objects.filter(pk=shop.pk).update(kind="pos")
    assert of() == []


def test_the_hold_goes_when_the_area_grows(shop, ana):
    area(110001, 119999, channel=shop)
    order = placed()
    area(400001, 400001, channel=shop)
    check_again(order.number, actor=ana)
    assert held(order) == []


@pytest.mark.parametrize(
    ("first", "last", "country", "why"),
    [(1000, 1001, "IN", "six digits"), (400002, 400001, "IN", "ends before"), (3000, 30000, "AU", "0200 to 9999")],
)
def test_an_impossible_range_is_refused(shop, first, last, country, why):
    with pytest.raises(ValidationError, match=why):
        area(first, last, country, channel=shop)
    with pytest.raises(ValidationError, match="one of the two"):
        area(400001, 400002)


CSV = "name,channel,location,country,from,to,prefix\nMumbai,web,,IN,,,4000\nGoa,web,,in,403001,403806,\nDarwin,,pune,AU,0800,,\n"


def test_a_file_replaces_the_areas_it_names_and_leaves_the_others(shop, adam):
    other = Channel.objects.create(code="shop2", name="Second")
    area(110001, 110002, channel=shop)
    area(110001, 110002, channel=other)
    assert import_areas(CSV, actor=adam) == 3
    found = set(DeliveryArea.objects.values_list("channel__code", "country", "first_code", "last_code"))
    assert found == {
        ("web", "IN", 400000, 400099), ("web", "IN", 403001, 403806), (None, "AU", 800, 800), ("shop2", "IN", 110001, 110002),
    }  # fmt: skip
    assert str(DeliveryArea.objects.get(country="AU")) == "Darwin 0800"


def test_a_wrong_row_is_named_and_nothing_changes(shop, adam):
    bad = CSV + "X,nowhere,,IN,1,2,\nY,web,pune,IN,400001,,\nZ,web,,US,1,,\nW,web,,IN,12,,\n"
    with pytest.raises(Refused) as refused:
        import_areas(bad, actor=adam)
    said = [r.message for r in refused.value.reasons]
    assert [s.partition(":")[0] for s in said] == ["Row 5", "Row 6", "Row 7", "Row 8"]
    assert "There is no channel with the code “nowhere”." in said[0]
    assert not DeliveryArea.objects.exists()


def test_a_prefix_is_every_code_that_begins_so():
    good, wrong = read_areas(
        "channel,country,prefix\nweb,IN,56\nweb,AU,30\nweb,AU,0\n", channels={"web": 1}, locations={}
    )
    assert [(a.first, a.last) for a in good] == [(560000, 569999), (3000, 3099), (200, 999)]
    assert wrong == []
    assert "column country is missing" in str(read_areas("channel,prefix\n", channels={}, locations={})[1][0])
    assert "no rows" in str(read_areas("channel,country,prefix\n", channels={}, locations={})[1][0])


def test_the_admin_page_imports_and_says_what_is_wrong(shop, adam, ana):
    client, url = signed_in(adam), "/admin/orders/deliveryarea/import/"
    assert "Import from CSV" in client.get("/admin/orders/deliveryarea/").content.decode()
    bad = client.post(url, {"file": SimpleUploadedFile("a.csv", b"name,country\nX,IN\n")})
    assert "The column from is missing" in bad.content.decode()
    assert "is not UTF-8" in client.post(url, {"file": SimpleUploadedFile("a.csv", b"\xff\xfe\x00")}).content.decode()
    assert client.post(url, {"file": SimpleUploadedFile("a.csv", CSV.encode())}).status_code == 302
    assert DeliveryArea.objects.count() == 3
    assert signed_in(ana).get(url).status_code == 302
