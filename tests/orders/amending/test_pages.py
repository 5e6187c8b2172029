"""The pages of an amendment: write, look, apply; refused with both sides when the order moved; who may what."""

from typing import Any

import pytest

from inventory.models import Product
from oms.kernel.errors import Refused
from orders.actions.amend_apply import apply_amendment
from orders.actions.edit import edit_order, stamp
from orders.models import Amendment, Order
from tests.orders.amending.steps import add, amended, drafted, qty
from tests.orders.desk import signed_in
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 2), ("KETTLE", 1))


def form(client: Any, order: Order) -> dict[str, Any]:
    """The form as the browser holds it after opening the page."""
    return shown(client.get(f"/orders/{order.number}/amendments/new/"))


def shown(page: Any) -> dict[str, Any]:
    """What the form of a page holds."""
    context = page.context
    data = {"seen": context["seen"]}
    for part in (*context["lines"], *context["added"], context["head"], context["ship"]):
        for bound in part:
            if not bound.field.disabled:
                data[bound.html_name] = "" if bound.value() is None else bound.value()
    return data


def named(order: Order, name: str, sku: str = "MUG") -> str:
    return f"line-{order.lines.get(sku=sku).pk}-{name}"


def write(client: Any, order: Order, **typed: Any) -> Any:
    data = form(client, order) | {"head-reason": "Customer called"} | typed
    return client.post(f"/orders/{order.number}/amendments/new/", data, follow=True)


def test_a_change_is_previewed_applied_and_told(order, ana):
    client = signed_in(ana)
    typed = {named(order, "qty"): "5", named(order, "price", "KETTLE"): "90", "add-0-sku": "lamp", "add-0-qty": "1"}
    page = write(client, order, **typed).content.decode()
    document = Amendment.objects.get()
    for text in (
        "2 → <b>5</b>",
        "1 must wait for stock",
        "₹300.00 → <b>₹690.00</b>",
        "To collect more",
        "Pune 8, Delhi 5",
    ):
        assert text in page, text
    assert again(order).qty_ordered == 3  # nothing is saved by looking

    url = f"/orders/{order.number}/amendments/{document.number}/"
    seen = client.get(url).context["effects"].version
    done = client.post(
        f"{url}application/", {"seen": seen, "message": "Hi", "tell": "on"}, follow=True
    ).content.decode()
    assert "is changed." in done
    assert "changed the order" in done
    assert (again(order).qty_ordered, again(order).total) == (7, 690)
    after = client.get(url).content.decode()
    assert "What changed" in after
    assert "Blue mug" in after or "Mug: 2 → 5 units" in after


def test_an_unchanged_form_writes_nothing_and_bad_input_stays_on_the_page(order, ana):
    client = signed_in(ana)
    assert write(client, order).status_code == 409
    page = write(client, order, **{named(order, "qty"): "two", "head-reason": ""})
    assert page.status_code == 422
    text = page.content.decode()
    assert "Write a whole number of units." in text
    assert "Say why" in text
    assert 'value="two"' in text
    page = write(client, order, **{"add-0-qty": "3"}).content.decode()
    assert "Which product?" in page
    page = write(client, order, **{"add-0-sku": "GHOST", "add-0-qty": "3"}).content.decode()
    assert "There is no product “GHOST”" in page
    assert not Amendment.objects.exists()


def test_a_moved_order_is_shown_with_both_sides_and_not_changed(order, ana, olga):
    client = signed_in(ana)
    write(client, order, **{named(order, "qty"): "5"})
    document = Amendment.objects.get()
    url = f"/orders/{order.number}/amendments/{document.number}/"
    seen = client.get(url).context["effects"].version
    amended(order, qty(order, 3), actor=olga)

    page = client.post(f"{url}application/", {"seen": seen}, follow=True).content.decode()
    assert "has changed since you looked" in page
    assert "has changed since this was written" in page
    assert "Mug: ordered" in page
    assert again(order).lines.get(sku="MUG").qty_ordered == 3
    seen = client.get(url).context["effects"].version
    client.post(f"{url}application/", {"seen": seen})
    assert again(order).lines.get(sku="MUG").qty_ordered == 5


def test_an_address_edited_meanwhile_is_a_conflict_and_a_missing_version_is_refused(order, ana):
    document = drafted(order, qty(order, 5), actor=ana)
    other = {**order.ship_to, "line1": "9 Other Lane"}
    edit_order(order.number, changes={"ship_to": other}, seen=stamp(again(order)), actor=ana)
    with pytest.raises(Refused, match="has changed since you looked"):
        apply_amendment(document.number, seen=document.base_version, actor=ana)
    url = f"/orders/{order.number}/amendments/{document.number}/application/"
    assert "Look at the change again" in signed_in(ana).post(url, {}, follow=True).content.decode()


def test_support_changes_units_and_not_prices(order, cy):
    client = signed_in(cy)
    page = client.get(f"/orders/{order.number}/amendments/new/").content.decode()
    assert "changed by Sales or the owner" in page
    write(client, order, **{named(order, "qty"): "4", named(order, "price"): "1"})
    assert [row.kind for row in Amendment.objects.get().changes.all()] == ["quantity"]


def test_the_address_and_the_day_change_through_the_form(order, ana):
    client = signed_in(ana)
    typed = {
        "readdress": "on",
        "ship-line1": "9 Other Lane",
        "ship-postal_code": "411001",
        "head-promised_on": "2031-05-06",
    }
    write(client, order, **typed)
    kinds = {row.kind: row for row in Amendment.objects.get().changes.all()}
    assert kinds["address"].address["line1"] == "9 Other Lane"
    assert kinds["requested_date"].moment.year == 2031


def test_the_preview_says_where_it_goes_and_when_beside_the_lines_that_change(order, ana):
    client = signed_in(ana)
    typed = {
        "readdress": "on",
        "ship-line1": "9 Other Lane",
        "head-promised_on": "2031-05-06",
        named(order, "qty"): "4",
    }
    write(client, order, **typed)
    page = client.get(f"/orders/{order.number}/amendments/{Amendment.objects.get().number}/").content.decode()
    assert "Lines that change" in page and "Delivered to" in page and "9 Other Lane" in page
    assert "Promised for 06 May 2031" in page


def test_a_draft_is_found_on_the_order_and_can_be_withdrawn(order, ana, bo):
    document = drafted(order, add("LAMP", 1), actor=ana)
    client = signed_in(ana)
    assert document.number in client.get(f"/orders/{order.number}/").content.decode()
    packer = signed_in(bo).get(f"/orders/{order.number}/amendments/{document.number}/").content.decode()
    assert "may do this" in packer
    url = f"/orders/{order.number}/amendments/{document.number}/withdrawal/"
    assert "is as it was" in client.post(url, follow=True).content.decode()
    assert document.number not in client.get(f"/orders/{order.number}/").content.decode().split("timeline")[0]


def test_a_product_to_add_is_searched_with_its_price_and_what_is_free(order, ana):
    client, url = signed_in(ana), f"/orders/{order.number}/amendments/new/"
    typed = shown(client.get(url)) | {"head-reason": "One more"}
    page = client.post(url, typed | {"find_product": "enam", "search": "1"})
    assert [(p.sku, offer.unit_price) for p, offer, _ in page.context["search"].found] == [("KETTLE", 100)]
    assert "9 free" in page.content.decode()
    assert "Say why" not in page.content.decode()
    page = client.post(url, typed | {"find_product": "3*kettle", "go": "1"})
    typed = shown(page)
    assert (typed["add-0-sku"], typed["add-0-qty"], typed["head-reason"]) == ("KETTLE", "3", "One more")
    page = client.post(url, typed | {"find_product": "2*x", "add_sku": "KETTLE"})
    assert shown(page)["add-0-qty"] == "5", "a second time raises the line"
    Product.objects.create(sku="TIN", name="Tin", price=5)
    for sku in ("MUG", "LAMP", "TIN"):
        page = client.post(url, shown(page) | {"add_sku": sku})
    assert [shown(page)[f"add-{n}-sku"] for n in range(4)] == ["KETTLE", "MUG", "LAMP", "TIN"]
    answer = client.post(url, shown(page) | {"find_product": "left over", "preview": "1"})
    assert answer.status_code == 302


def test_a_product_that_has_no_line_left_is_named_and_takes_nobody_elses(order, ana):
    client, url = signed_in(ana), f"/orders/{order.number}/amendments/new/"
    full = {f"add-{n}-sku": f"TYPED-{n}" for n in range(50)}
    page = client.post(url, shown(client.get(url)) | full | {"add_sku": "LAMP"})
    assert "LAMP is not added: a change adds 50 lines at most" in page.content.decode()
    assert {name: shown(page)[name] for name in full} == full
