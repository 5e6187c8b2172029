"""Two customers who look the same and are not: said once, by name, gone from both pages, and kept through other merges."""

import pytest

from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.cancel import cancel_order
from orders.actions.customer_apart import take_apart_back, tell_apart
from orders.actions.customer_merge import merge_customers
from orders.actions.erase import erase_customer
from orders.customers.likely import also_reached, likely_same
from orders.models import Channel, Customer, CustomersApart, Order
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import placed

pytestmark = pytest.mark.django_db
PHONE = "+91 98765 43210"


def buyer(mail: str, **changes) -> Customer:
    """Somebody with the phone of all of them."""
    return placed(("MUG", 1), email=mail, **changes).customer


@pytest.fixture
def two(shop) -> tuple[Customer, Customer]:
    return buyer("father@example.test"), buyer("son@example.test", customer_name="Arjun P")


def names(customer: Customer, user) -> list[Customer]:
    return [row.customer for row in likely_same(customer, user)]


def test_it_is_said_on_the_page_gone_from_both_and_can_be_taken_back(two, ana):
    father, son = two
    web, page = signed_in(ana), son.get_absolute_url()
    assert names(father, ana) == [son]
    assert "Not the same" in web.get(page).content.decode()
    web.post(f"{page}apart/", {"other": father.pk, "apart": "on", "why": "Father and son"})
    assert (names(father, ana), names(son, ana)) == ([], [])
    assert also_reached(Order.objects.get(customer=father), ana) == []
    for customer in two:
        text = web.get(customer.get_absolute_url()).content.decode()
        assert ("1 told apart" in text, "Father and son" in text, ana.display_name in text) == (True, True, True)
    web.post(f"{page}apart/", {"other": father.pk, "apart": "off"})
    assert (names(father, ana), names(son, ana)) == ([son], [father])
    past = web.get(f"{page}history/").content.decode()
    assert past.index("Not so any more") < past.index("Said: Father and son"), "newest first"
    assert past.count("Not the same: Zoya P and Arjun P") == 2


def test_nobody_learns_the_name_of_a_customer_they_may_not_see(two, ana):
    father, son = two
    Order.objects.filter(customer=son).update(channel=Channel.objects.create(code="other", name="Other"))
    tell_apart(father.pk, son.pk, actor=ana)
    narrow = person("nia", "sales")
    narrow.channel_codes = [Order.objects.get(customer=father).channel.code]
    narrow.save()
    page = f"{father.get_absolute_url()}history/"
    assert "Not the same: Zoya P and Arjun P" in signed_in(ana).get(page).content.decode()
    seen = signed_in(narrow).get(page).content.decode()
    assert "Not the same: Zoya P and somebody else" in seen
    assert "Arjun" not in seen


def test_twice_is_once_and_nobody_is_told_apart_from_themselves(two, ana):
    father, son = two
    first = tell_apart(father.pk, son.pk, actor=ana)
    assert tell_apart(son.pk, father.pk, why="Again", actor=ana) == first
    take_apart_back(son.pk, father.pk, actor=ana)
    take_apart_back(son.pk, father.pk, actor=ana)
    with pytest.raises(Refused, match="two different"):
        tell_apart(son.pk, son.pk, actor=ana)


def test_they_are_not_merged_before_it_is_taken_back(two, olga):
    father, son = two
    tell_apart(father.pk, son.pk, actor=olga)
    page = signed_in(olga).get(f"/customers/{father.pk}/merge/?with={son.pk}").content.decode()
    assert f"{olga.display_name} said that they are not the same" in page
    with pytest.raises(Refused, match="not the same"):
        merge_customers(father.pk, son.pk, choice={}, reason="The same", actor=olga)
    take_apart_back(father.pk, son.pk, actor=olga)
    merge_customers(father.pk, son.pk, choice={}, reason="The same", actor=olga)


def test_it_outlives_a_merge_of_one_of_them_with_a_third(two, ana, olga):
    father, son = two
    third, fourth = buyer("third@example.test"), buyer("fourth@example.test")
    tell_apart(father.pk, son.pk, why="Father and son", actor=ana)
    tell_apart(third.pk, son.pk, actor=ana)
    merge_customers(third.pk, father.pk, choice={}, reason="The same", actor=olga)  # both were told apart from the son
    assert CustomersApart.objects.count() == 1
    merge_customers(fourth.pk, third.pk, choice={}, reason="The same", actor=olga)
    assert names(son, ana) == names(Customer.objects.get(pk=fourth.pk), ana) == []
    with pytest.raises(Refused, match="not the same"):
        merge_customers(fourth.pk, son.pk, choice={}, reason="The same", actor=olga)
    assert not run_all(["customers.merged"])["customers.merged"]
    past = signed_in(olga).get(f"/customers/{fourth.pk}/history/").content.decode()
    assert "Goes on after a merge" in past


def test_an_erasure_takes_it_and_what_was_said_along(two, ana, olga):
    father, son = two
    tell_apart(father.pk, son.pk, why="Old Ravi and his boy", actor=ana)
    cancel_order(Order.objects.get(customer=son).number, reason="other", actor=olga)
    erase_customer(son.pk, reason="Asked", actor=olga)
    assert not CustomersApart.objects.exists()
    assert not CustomersApart.history.filter(why__contains="Ravi").exists()
    assert not run_all(["privacy.erased"])["privacy.erased"]


def test_who_may_not_change_customers_may_not_say_it(two, fay):
    father, son = two
    answer = signed_in(fay).post(f"/customers/{son.pk}/apart/", {"other": father.pk, "apart": "on"})
    assert (answer.status_code, CustomersApart.objects.count()) == (403, 0)
    assert "Not the same" not in signed_in(fay).get(son.get_absolute_url()).content.decode()
