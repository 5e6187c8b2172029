"""Editing an order: recorded, refused once the goods left, and never one person's work over another's unseen."""

from typing import Any

import pytest

from orders.models import CustomerAddress, Order
from tests.orders.desk import signed_in
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 2))


def opened(client: Any, order: Order) -> dict[str, str]:
    """The edit form as the browser holds it after opening the page."""
    return filled(client.get(f"/orders/{order.number}/edit/").context)


def filled(context: Any) -> dict[str, str]:
    """What the form of a page holds."""
    data = {"seen": context["seen"], "began": context["began"], "reason": ""}
    for prefix in ("contact", "ship", "bill"):
        for bound in context[prefix]:
            data[bound.html_name] = "" if bound.value() is None else str(bound.value())
    return data


def test_a_correction_is_saved_found_and_in_the_history(order, ana):
    client = signed_in(ana)
    data = opened(client, order) | {"ship-line1": "7 New Road", "contact-phone": "+91 98200 11122", "reason": "Moved"}
    assert client.post(f"/orders/{order.number}/edit/", data)["Location"] == order.get_absolute_url()
    order = again(order)
    assert (order.ship_to["line1"], order.phone) == ("7 New Road", "+91 98200 11122")
    assert Order.objects.search("9820011122").get() == order
    latest = order.history.latest()
    assert (latest.history_user, latest.history_change_reason) == (ana, "Moved")
    assert said(order)[-1] == "orders.edited"
    page = client.get(f"/orders/{order.number}/history/").content.decode()
    assert "7 New Road" in page
    assert "12 Example Road" in page
    assert "Moved" in page


def test_saving_what_is_there_changes_nothing(order, ana):
    client = signed_in(ana)
    before = order.history.count()
    client.post(f"/orders/{order.number}/edit/", opened(client, order))
    assert (again(order).history.count(), said(order)) == (before, ["orders.placed"])
    assert again(order).promised_at == order.promised_at


def test_the_second_of_two_editors_sees_both_values_and_loses_nothing(order, ana, olga):
    first, second = signed_in(olga), signed_in(ana)
    mine, theirs = opened(second, order), opened(first, order)
    first.post(f"/orders/{order.number}/edit/", theirs | {"contact-customer_name": "Zoya Patel"})
    answer = second.post(
        f"/orders/{order.number}/edit/", mine | {"contact-customer_name": "Z. P.", "ship-city": "Thane"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    for text in ("Olga saved", "Zoya Patel", "Z. P.", "Thane"):
        assert text in page
    assert again(order).customer_name == "Zoya Patel"
    retry = mine | {"contact-customer_name": "Z. P.", "ship-city": "Thane", "seen": answer.context["seen"]}
    second.post(f"/orders/{order.number}/edit/", retry)
    assert (again(order).customer_name, again(order).ship_city) == ("Z. P.", "Thane")


def test_a_field_left_alone_follows_what_the_colleague_saved(order, ana, olga):
    first, second = signed_in(olga), signed_in(ana)
    mine, theirs = opened(second, order), opened(first, order)
    first.post(f"/orders/{order.number}/edit/", theirs | {"ship-city": "Thane", "contact-phone": "+91 98200 11122"})
    answer = second.post(f"/orders/{order.number}/edit/", mine | {"ship-line1": "7 New Road"})
    assert answer.status_code == 409
    assert "Save again to keep both" in answer.content.decode()
    second.post(f"/orders/{order.number}/edit/", filled(answer.context))
    order = again(order)
    assert (order.ship_to["line1"], order.ship_city, order.phone) == ("7 New Road", "Thane", "+91 98200 11122")

    mine, theirs = opened(second, order), opened(first, order)
    first.post(f"/orders/{order.number}/edit/", theirs | {"contact-customer_po": "PO-9"})
    answer = second.post(f"/orders/{order.number}/edit/", mine | {"began": "forged"})
    assert answer.context["crossed"] == [
        ("Customer's PO number", "PO-9", "")
    ]  # without a beginning all of it counts as typed


def test_progress_of_the_order_meanwhile_is_no_conflict(order, ana):
    client = signed_in(ana)
    data = opened(client, order)
    client.post(f"/orders/{order.number}/holds/", {"reason": "address"})
    client.post(f"/orders/{order.number}/confirmation/")
    client.post(f"/orders/{order.number}/edit/", data | {"contact-customer_po": "PO-77"})
    assert again(order).customer_po == "PO-77"


def test_what_has_left_the_warehouse_is_not_edited_any_more(order, ana):
    client = signed_in(ana)
    data = opened(client, order)
    Order.objects.filter(pk=order.pk).update(qty_dispatched=1)
    answer = client.post(f"/orders/{order.number}/edit/", data | {"contact-customer_name": "Somebody"})
    assert answer.status_code == 409
    assert "1 of 2 units left the warehouse" in answer.content.decode()
    assert again(order).customer_name == "Zoya P"
    assert "left the warehouse" in client.get(f"/orders/{order.number}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("contact-customer_name", "", "This field is required."),
        ("contact-customer_name", "a\x00b", "invisible character"),
        ("contact-customer_note", "x" * 1_000_000, "at most 4000 characters"),
        ("contact-email", "nobody", "Enter a valid email address."),
        ("contact-phone", "call me", "is not a phone number"),
        ("ship-postal_code", "99", "is not a PIN code of 6 digits"),
        ("ship-country", "XX", "Select a valid choice"),
        ("reason", "x" * 101, "at most 100 characters"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_saved(order, ana, field, value, sentence):
    client = signed_in(ana)
    answer = client.post(
        f"/orders/{order.number}/edit/", opened(client, order) | {"ship-line2": "Flat 4", field: value}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "Flat 4" in page
    assert again(order).ship_to == order.ship_to


def test_only_those_who_may_edit_can(order, bo, fay):
    for person in (bo, fay):
        client = signed_in(person)
        assert client.get(f"/orders/{order.number}/edit/").status_code == 403
        assert client.post(f"/orders/{order.number}/edit/", {}).status_code == 403
        assert f"/orders/{order.number}/edit/" not in client.get(f"/orders/{order.number}/").content.decode()


def test_a_billing_address_is_asked_for_whole(order, ana):
    client = signed_in(ana)
    answer = client.post(f"/orders/{order.number}/edit/", opened(client, order) | {"bill_differs": "on"})
    assert answer.status_code == 422
    assert again(order).bill_to == {}


def test_a_billing_address_that_repeats_the_delivery_address_is_corrected_with_it(order, ana):
    repeated = order.ship_to | {"company": "Zoya Traders", "city": order.ship_to["city"].upper()}
    Order.objects.filter(pk=order.pk).update(bill_to=repeated)
    client = signed_in(ana)
    page = client.get(f"/orders/{order.number}/edit/")
    assert page.context["bill_differs"] is False
    data = filled(page.context)
    client.post(f"/orders/{order.number}/edit/", data)
    assert (said(order), again(order).bill_to) == (["orders.placed"], repeated)
    client.post(f"/orders/{order.number}/edit/", data | {"ship-line1": "7 New Road", "ship-line2": ""})
    order = again(order)
    assert (order.ship_to["line1"], order.bill_to["line1"]) == ("7 New Road", "7 New Road")
    assert order.bill_to["company"] == "Zoya Traders"
    assert "The same address" in client.get(f"/orders/{order.number}/").content.decode()

    elsewhere = order.bill_to | {"line1": "1 Office Park"}
    Order.objects.filter(pk=order.pk).update(bill_to=elsewhere)
    page = client.get(f"/orders/{order.number}/edit/")
    assert page.context["bill_differs"] is True
    client.post(
        f"/orders/{order.number}/edit/", filled(page.context) | {"bill_differs": "on", "ship-line1": "9 New Road"}
    )
    assert again(order).bill_to["line1"] == "1 Office Park"


def test_the_addresses_kept_of_the_customer_are_one_press_away(order, ana):
    card = CustomerAddress.objects.create(
        customer=order.customer, label="Shop", line1="4 Bazaar Lane", city="Pune", state="MH", postal_code="411001", country="IN"
    )  # fmt: skip
    client = signed_in(ana)
    data = opened(client, order) | {"contact-customer_note": "Ring twice", "contact-phone": "half ty"}
    for button, part in (("deliver_to", "ship"), ("bill_to", "bill")):
        page = client.post(f"/orders/{order.number}/edit/", data | {button: str(card.pk)})
        assert page.status_code == 200
        assert "is not a phone number" not in page.content.decode()
        now = filled(page.context)
        assert (now[f"{part}-line1"], now["contact-customer_note"]) == ("4 Bazaar Lane", "Ring twice")
        assert page.context["bill_differs"] is (part == "bill")
    assert again(order).ship_to == order.ship_to
    client.post(f"/orders/{order.number}/edit/", now | {"contact-phone": "+91 98200 11122", "bill_differs": "on"})
    assert (again(order).bill_to["line1"], again(order).customer_note) == ("4 Bazaar Lane", "Ring twice")
    gone = client.post(f"/orders/{order.number}/edit/", data | {"deliver_to": "999999"})
    assert (gone.status_code, "not kept any more" in gone.content.decode()) == (409, True)
