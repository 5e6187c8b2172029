"""The pages of recurring orders: list, schedule, form, one day; who may."""

from datetime import date, timedelta

import pytest
from django.test import Client

from inventory.models import Product
from oms.kernel.clock import business_date, now, time_is
from orders.actions.capture import capture_orders
from orders.actions.recurring_place import place_due
from orders.models import Channel, Order, RecurringOrder
from orders.standing.rhythm import Rhythm
from tests.orders.desk import desk, signed_in
from tests.orders.standing.steps import again, buyer, make_standing, weekly
from tests.stories import draft, placed

pytestmark = pytest.mark.django_db


def coming(days: int = 3) -> Rhythm:
    day = business_date() + timedelta(days=days)
    return Rhythm("week", 1, day.weekday(), business_date())


def typed(*lines: tuple[str, str], **changes: str) -> dict[str, str]:
    """The form filled in rightly; `changes` replace fields ("__" for "-")."""
    data = {
        "rhythm-every": "2", "rhythm-unit": "week", "rhythm-weekday": "1", "rhythm-month_day": "1",
        "rhythm-starts_on": business_date().isoformat(), "rhythm-ends_on": "", "rhythm-place_hour": "6",
        "rhythm-cutoff_hours": "24", "terms-channel": "desk", "terms-payment_terms": "prepaid", "ship-line1": "12 Example Road",
        "ship-city": "Mumbai", "ship-state": "Maharashtra", "ship-postal_code": "400001", "ship-country": "IN",
    }  # fmt: skip
    rows = lines or (("mug", "2"),)
    for i, (sku, qty) in enumerate(rows):
        data |= {f"line-{i}-sku": sku, f"line-{i}-qty": qty}
    return data | {"line_count": str(len(rows))} | {name.replace("__", "-"): value for name, value in changes.items()}


@pytest.fixture
def clerk(shop, ana) -> Client:
    desk()
    return signed_in(ana)


def test_a_former_order_is_repeated(clerk):
    order = placed(("MUG", 2), ("KETTLE", 1))
    assert f"/standing/new/?order={order.number}" in clerk.get(f"/orders/{order.number}/").content.decode()
    page = clerk.get(f"/standing/new/?order={order.number}").content.decode()
    for text in ('value="MUG"', 'value="KETTLE"', "12 Example Road", "Website"):
        assert text in page
    answer = clerk.post(f"/standing/new/?order={order.number}", typed(("MUG", "2"), ("kettle", "1")))
    made = RecurringOrder.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert [(x.product.sku, x.qty) for x in made.lines.all()] == [("MUG", 2), ("KETTLE", 1)]
    assert (made.customer, made.rhythm.words()) == (order.customer, "every 2 weeks on Tuesday")


def test_a_new_one_begins_with_the_customer(clerk):
    customer = placed().customer
    assert f"?customer={customer.pk}" in clerk.get("/standing/new/?q=zoya").content.decode()
    clerk.post(f"/standing/new/?customer={customer.pk}", typed())
    assert RecurringOrder.objects.get().customer == customer


def test_the_form_begins_with_how_the_customer_last_bought(clerk):
    """Not with the first channel of the list, in whose currency they never paid."""
    fields = {"kind": "b2b", "currency": "INR", "country": "IN"}
    trade, _ = (Channel.objects.create(code=f"trade-{n}", name=f"Trade {n}", **fields) for n in "ba")
    customer = placed().customer  # of a shop on the web, where nobody types orders
    pages = [f"/standing/new/?customer={customer.pk}", f"/standing/blanket/new/?customer={customer.pk}"]
    assert 'value="trade-b" selected' not in clerk.get(pages[0]).content.decode()
    capture_orders([draft(payment_terms="credit")], channel=trade, actor="system")
    assert Order.objects.latest("pk").customer == customer
    for page in (clerk.get(url).content.decode() for url in pages):
        assert 'value="trade-b" selected' in page and 'value="credit" selected' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rhythm__every": "0"}, "whole number from 1 to 52"),
        ({"rhythm__ends_on": "2001-01-01"}, "lies before the first"),
        ({"line__0__sku": "NO-SUCH"}, "There is no product “NO-SUCH”"),
        ({"line__0__qty": "some"}, "whole number from 1 to 1,000,000"),
        ({"line__0__sku": "", "line__0__qty": ""}, "Add at least one product"),
        ({"ship__postal_code": "12"}, "PIN code of 6 digits"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(clerk, changes, said):
    answer = clerk.post(f"/standing/new/?customer={placed().customer.pk}", typed(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not RecurringOrder.objects.exists()


def test_the_list_shows_what_fails_with_owner_and_reason_and_the_rail_counts_it(clerk, ana):
    make_standing(ana)
    page = clerk.get("/standing/?view=failing").content.decode()
    assert "LAMP has no price in INR; give it one, then place it." in page
    assert "Sales, since" in page
    assert 'data-tone="late">1</span>' in clerk.get("/").content.decode()
    assert clerk.get("/standing/?view=paused").content.decode().count("every week on") == 1
    assert clerk.get("/standing/?q=LAMP&view=all").content.decode().count("every week on") == 1


def test_the_schedule_shows_its_next_six_days_and_its_orders(clerk):
    recurring = weekly(("MUG", 2), since=now(), rhythm=coming())
    clerk.post(f"/standing/{recurring.number}/days/{again(recurring).next_on + timedelta(days=7)}/skip/")
    with time_is(now() + timedelta(days=4)):
        assert place_due() == 1
        page = clerk.get(f"/standing/{recurring.number}/").content.decode()
    order = Order.objects.get()
    assert f"/orders/{order.number}/" in page
    assert page.count("/skip/") == 6
    assert page.count("Place it after all") == 1
    assert "₹200.00" in page
    assert recurring.number in clerk.get(f"/orders/{order.number}/").content.decode()


def test_one_day_gets_other_contents_and_the_usual_ones_back(clerk):
    recurring = weekly(("MUG", 2), since=now(), rhythm=coming())
    url = f"/standing/{recurring.number}/days/{recurring.next_on}/"
    form = {"line_count": "1", "line-0-sku": "KETTLE", "line-0-qty": "5"}
    assert clerk.post(url, form).status_code == 302
    assert "5 × Enamel kettle" in clerk.get(f"/standing/{recurring.number}/").content.decode()
    assert clerk.post(url, form | {"line-0-sku": "", "line-0-qty": ""}).status_code == 422
    clerk.post(url, {"usual": "1", "line_count": "0"})
    assert "5 × Enamel kettle" not in clerk.get(f"/standing/{recurring.number}/").content.decode()


def test_a_closed_day_says_so(clerk):
    recurring = weekly(since=now(), rhythm=coming(1), cutoff_hours=72)
    page = clerk.get(f"/standing/{recurring.number}/days/{recurring.next_on}/").content.decode()
    assert "Change the order once it is placed" in page
    assert clerk.get(f"/standing/{recurring.number}/days/2001-01-01/").content.decode().count("is not a day of") == 1
    assert clerk.get(f"/standing/{recurring.number}/days/tomorrow/").status_code == 404


def test_pause_resume_end_and_place_from_the_page(clerk, ana):
    make_standing(ana)
    failing = RecurringOrder.objects.get(lines__product__sku="LAMP")
    for move, status in (("place", "active"), ("pause", "paused"), ("resume", "active"), ("end", "ended")):
        clerk.post(f"/standing/{failing.number}/moves/", {"move": move})
        assert again(failing).status == status
    assert Order.objects.filter(extra__recurring=failing.number).count() == 1
    answer = clerk.post(f"/standing/{failing.number}/moves/", {"move": "dance"}, follow=True)
    assert "That button does not exist" in answer.content.decode()


def test_an_edit_of_two_people_is_not_overwritten(clerk):
    recurring = weekly(since=now(), rhythm=coming())
    url = f"/standing/{recurring.number}/edit/"
    assert clerk.post(url, typed(("KETTLE", "1")) | {"seen": "1"}).status_code == 302
    answer = clerk.post(url, typed(("MUG", "9")) | {"seen": "1"})
    assert answer.status_code == 422
    assert "was changed meanwhile" in answer.content.decode()
    assert again(recurring).lines.get().product.sku == "KETTLE"


def test_who_sees_one_channel_sees_only_its_schedules(clerk, ana):
    recurring = weekly(since=now(), rhythm=coming())
    ana.channel_codes = ["desk"]
    ana.save()
    assert clerk.get(f"/standing/{recurring.number}/").status_code == 404
    assert recurring.number not in clerk.get("/standing/?view=all").content.decode()


def test_the_warehouse_has_no_business_here(shop, bo):
    recurring = weekly(since=now(), rhythm=coming())
    assert signed_in(bo).post(f"/standing/{recurring.number}/moves/", {"move": "end"}).status_code == 403
    assert again(recurring).status == "active"


def test_a_customer_without_a_day_to_come_is_refused(clerk):
    late = typed(rhythm__starts_on="2020-01-06", rhythm__ends_on="2020-02-06")
    answer = clerk.post(f"/standing/new/?customer={buyer().pk}", late)
    assert "has no day left" in answer.content.decode()
    assert date.fromisoformat(late["rhythm-ends_on"]) < business_date()


def test_a_day_whose_order_could_not_be_placed_may_be_changed_and_says_so(clerk):
    with time_is(now() - timedelta(days=3)):
        recurring = weekly(("LAMP", 1), since=now(), rhythm=coming(1))
    Product.objects.filter(sku="LAMP").update(is_active=False)
    place_due()
    stuck = again(recurring)
    assert stuck.failure
    page = clerk.get(f"/standing/{stuck.number}/days/{stuck.next_on}/").content.decode()
    assert "it may be changed until it is placed or skipped" in page
    assert "Changes until" not in page


def test_products_are_offered_by_their_names_while_somebody_types(clerk):
    page = clerk.get("/standing/new/?customer=" + str(placed(("MUG", 1)).customer_id)).content.decode()
    assert 'list="known-products"' in page and 'id="known-products"' in page
