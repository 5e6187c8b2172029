"""Two customers become one: all of it or nothing, the person's choice wins, and every former way leads to the one that stays."""

import re
from decimal import Decimal

import pytest

from oms.events.models import Event
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.blanket_keep import Agreement, start_blanket
from orders.actions.cancel import cancel_order
from orders.actions.customer_keep import save_card
from orders.actions.customer_merge import merge_customers
from orders.actions.erase import erase_customer
from orders.actions.learn import learn_words
from orders.actions.recurring_start import Terms, start_recurring
from orders.checks_customers import STAYS
from orders.customers.likely import likely_same
from orders.customers.past import changes_of
from orders.models import (
    ChatAlias,
    CreditAccount,
    Customer,
    CustomerContact,
    CustomerGroup,
    CustomerMerge,
    Order,
    PriceList,
)
from orders.pricing.credit import standing
from orders.pricing.lists import Buyer, prices_for
from orders.standing.rhythm import Rhythm
from tests.orders.desk import signed_in
from tests.orders.pricing.test_lists import price_list
from tests.stories import HOME, placed, said

pytestmark = pytest.mark.django_db
PHONE = "+91 98765 43210"


@pytest.fixture
def two(shop, ana) -> tuple[Customer, Customer]:
    """One customer twice: known by e-mail, and once more by an order on the phone; both have all that customers have."""
    kept = placed(("MUG", 1), payment_terms="credit").customer
    gone = placed(("MUG", 2), email="", customer_name="Zoya Patel", payment_terms="credit").customer
    group = CustomerGroup.objects.create(code="retail", name="Retailers")
    Customer.objects.filter(pk=gone.pk).update(group=group, note="Pays late", company="Zoya Stores")
    for customer, limit, price in ((kept, 1000, "95"), (gone, 2000, "90")):
        CreditAccount.objects.create(customer=customer, currency="INR", limit=limit, terms_days=30)
        price_list(f"own-{customer.pk}", ("MUG", 1, price), customer=customer)
        customer.contacts.create(name=f"Ravi {price}", email="ravi@example.test")
    learn_words({"blue cups": "MUG"}, customer=kept, actor=ana)
    learn_words({"blue cups": "LAMP", "tall one": "LAMP"}, customer=gone, actor=ana)
    web, day = shop, business_date()
    start_recurring(gone, Terms(web, Rhythm("week", 1, 0, day, None), [("MUG", 1)], vars(HOME)), actor=ana)
    start_blanket(gone, Agreement(web, [("MUG", 9, Decimal(80))], day, day), actor=ana)
    return Customer.objects.get(pk=kept.pk), Customer.objects.get(pk=gone.pk)


def merged(kept: Customer, gone: Customer, actor, **choice: str) -> Customer:
    merge_customers(kept.pk, gone.pk, choice=choice, reason="Said so on the phone", actor=actor)
    return Customer.objects.get(pk=kept.pk)


def test_everything_moves_and_every_former_way_leads_to_the_one_that_stays(two, olga):
    kept, gone = two
    before = {o.number: (o.customer_name, o.ship_to, o.total, o.version) for o in Order.objects.all()}
    after = merged(kept, gone, olga, name="kept", credit="gone", prices="gone", words="gone")
    assert {o.number: (o.customer_name, o.ship_to, o.total, o.version) for o in Order.objects.all()} == before
    assert set(Order.objects.values_list("customer_id", flat=True)) == {kept.pk}
    assert (after.name, after.company, after.group.code, after.note) == ("Zoya P", "Zoya Stores", "retail", "Pays late")
    for relation in Customer._meta.related_objects:
        if relation.related_model not in STAYS:
            assert not relation.related_model.objects.filter(**{relation.field.name: gone}).exists(), relation.name
    assert standing(after, at=now()).account.limit == 2000
    assert standing(after, at=now()).owed == 300
    assert (
        prices_for(Buyer.of(after, 1, "INR"), [(Order.objects.first().lines.get().product_id, 1)], on=business_date())
        .popitem()[1]
        .unit_price
        == 90
    )
    assert sorted(ChatAlias.objects.values_list("words", "product__sku")) == [
        ("blue cup", "LAMP"),
        ("tall one", "LAMP"),
    ]
    done = CustomerMerge.objects.get()
    assert (done.kept, done.gone, done.by, done.moved["orders"]) == (kept, gone, olga.display_name, 1)
    assert said(Order.objects.latest("pk"))[-1] == "orders.customer_merged"
    assert placed(("MUG", 1), email="").customer == kept  # by the phone that was the other one's
    assert list(Customer.objects.search("Zoya Patel")) == [kept]
    answer = signed_in(olga).get(f"/customers/{gone.pk}/")
    assert answer.url == f"/customers/{kept.pk}/"
    assert not run_all(["customers.merged"])["customers.merged"]


def test_the_past_of_what_moved_goes_back_before_the_merge(two, olga):
    kept, gone = two
    address = gone.addresses.get()
    save_card(CustomerContact(customer=gone, name="Old Ravi"), actor=olga)
    merged(kept, gone, olga)
    found = {(change.what, change.said) for change in changes_of(kept, olga)}
    assert {(f"Address, {address.line1}", "Added"), (f"Address, {address.line1}", "Changed")} <= found
    assert {("Contact, Old Ravi", "Added"), (f"Customer {gone.pk}, Zoya Patel", "Added")} <= found


def test_erasing_the_one_that_stays_erases_the_other_too(shop, olga):
    kept, gone = (placed(("MUG", 1), email=mail).customer for mail in ("a@b.test", "unique@gone.test"))
    merged(kept, gone, olga)
    with pytest.raises(Refused, match="part of another customer"):
        erase_customer(gone.pk, reason="Asked", actor=olga)
    for order in Order.objects.all():
        cancel_order(order.number, reason="other", actor=olga)
    erase_customer(kept.pk, reason="Asked", actor=olga)
    assert not Customer.objects.exclude(email="", phone="", match_key="").exists()
    assert not Customer.history.filter(email="unique@gone.test").exists()
    assert not [rows for rows in run_all(["privacy.erased", "customers.merged"]).values() if rows]


def test_what_both_have_is_asked_and_the_side_that_stays_wins_unasked(two, olga):
    kept, gone = two
    page = signed_in(olga).get(f"/customers/{kept.pk}/merge/?with={gone.pk}").content.decode()
    asked = set(re.findall(r'name="side-(\w+)"', page))
    assert asked == {"name", "credit", "prices", "words"}
    assert "₹2,000.00, 30 days" in page
    look = {f"side-{key}": "gone" for key in asked} | {"press": "look"}
    answer = signed_in(olga).post(f"/customers/{kept.pk}/merge/?with={gone.pk}", look)
    assert (answer.status_code, "<dd>Zoya Patel</dd>" in answer.content.decode()) == (200, True)
    assert Customer.objects.get(pk=gone.pk).merged_into is None  # looking changes nothing
    url, seen = f"/customers/{kept.pk}/merge/?with={gone.pk}", re.findall(r'name="seen" value="(\w+)"', page)[0]
    sides = {f"side-{key}": "kept" for key in asked}
    assert signed_in(olga).post(url, sides | {"press": "merge", "seen": seen}).status_code == 422  # no reason
    CreditAccount.objects.filter(customer=gone).update(limit=3000)
    answer = signed_in(olga).post(url, sides | {"press": "merge", "seen": seen, "reason": "The same firm"})
    assert (answer.status_code, "changed since you looked" in answer.content.decode()) == (409, True)
    seen = re.findall(r'name="seen" value="(\w+)"', answer.content.decode())[0]
    assert (
        signed_in(olga).post(url, sides | {"press": "merge", "seen": seen, "reason": "The same firm"}).status_code
        == 302
    )
    assert CreditAccount.objects.get().limit == 1000
    assert "The same firm" in signed_in(olga).get(f"/customers/{kept.pk}/").content.decode()


def test_it_is_whole_or_not_at_all(two, olga, monkeypatch):
    kept, gone = two
    monkeypatch.setattr(CustomerMerge.objects, "create", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merged(kept, gone, olga)
    assert Order.objects.filter(customer=gone).count() == 1
    assert Customer.objects.get(pk=gone.pk).merged_into is None
    assert not Event.objects.filter(name="orders.customer_merged").exists()


def test_a_phone_that_loses_stays_as_a_contact_and_chains_lead_to_the_end(shop, olga):
    one, two, three = (
        placed(("MUG", 1), email=f"z{i}@example.test", phone=f"+91 98765 4321{i}").customer for i in range(3)
    )
    merged(two, three, olga, email="gone", phone="kept")
    after = merged(one, two, olga)
    assert sorted(after.contacts.filter(part="Former record").values_list("email", "phone")) == [
        ("", "+91 98765 43212"), ("z1@example.test", ""), ("z2@example.test", "+91 98765 43211"),
    ]  # fmt: skip
    assert Customer.objects.get(pk=three.pk).stays == one
    assert placed(("MUG", 1), email="z2@example.test").customer == one
    assert not run_all(["customers.merged"])["customers.merged"]
    PriceList.objects.create(code="x", name="X", currency="INR", customer=three)
    assert [f.subject for f in run_all(["customers.merged"])["customers.merged"]] == [str(three.pk)]


def test_who_is_likely_the_same_is_said_and_only_owners_merge(shop, ana, olga):
    known = placed(("MUG", 1)).customer
    by_phone = placed(("MUG", 1), email="", phone="098765 43210").customer
    namesake = placed(("MUG", 1), email="zoya@office.test", phone="").customer
    stranger = placed(("MUG", 1), email="a@b.test", phone="", customer_name="Ana B").customer
    found = {row.customer: row.why for row in likely_same(known, ana)}
    assert found == {by_phone: "phone", namesake: "name and postal code"}
    assert stranger not in found
    page = signed_in(ana).get(f"/customers/{known.pk}/").content.decode()
    assert "The owner or an admin merges them" in page
    assert signed_in(ana).get(f"/customers/{known.pk}/merge/?with={by_phone.pk}").status_code == 403
    # A phone of one and an e-mail of another: said on the order, not chosen silently.
    torn = placed(("MUG", 1), email="a@b.test", phone=PHONE)
    page = signed_in(ana).get(torn.get_absolute_url()).content.decode()
    assert f'is also of <a href="/customers/{known.pk}/">' in page
    assert f"booked on Ana B, customer {stranger.pk}" in page


@pytest.mark.parametrize("pair", ["self", "merged"])
def test_it_is_refused_with_a_sentence(two, olga, pair):
    kept, gone = two
    if pair == "merged":
        merged(kept, gone, olga)
    with pytest.raises(Refused, match="two different" if pair == "self" else "part of another"):
        merged(kept, kept if pair == "self" else gone, olga)
