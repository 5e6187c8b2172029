"""After a merge the orders not confirmed yet are asked again: a debt, a price and a twin of the other one count now."""

import pytest
from django.db import connection

from oms.events.models import Delivery
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from orders.actions import customer_check
from orders.actions.confirm import confirm_order
from orders.actions.customer_check import check_merged
from orders.actions.customer_merge import merge_customers
from orders.checking.buyers import LOCK
from orders.models import CreditAccount, Customer, CustomerMerge, Order
from tests.orders.checking.house import held, switch_on
from tests.orders.desk import signed_in
from tests.orders.pricing.test_lists import price_list
from tests.stories import again, placed, said

pytestmark = pytest.mark.django_db


def on_credit(mail: str, qty: int = 1) -> Order:
    return placed(("MUG", qty), payment_terms="credit", email=mail, phone="")


@pytest.fixture
def two(shop) -> tuple[Customer, Customer]:
    """One with a limit of 500 who owes 200, and one with a limit of 1000 who owes 400."""
    switch_on("credit")
    kept = on_credit("kept@example.test", 2).customer
    CreditAccount.objects.create(customer=kept, currency="INR", limit=500)
    gone = on_credit("gone@example.test", 1).customer
    CreditAccount.objects.create(customer=gone, currency="INR", limit=1000)
    on_credit("gone@example.test", 3)
    return kept, gone


def merged(kept: Customer, gone: Customer, actor) -> CustomerMerge:
    return merge_customers(kept.pk, gone.pk, choice={}, reason="The same firm", actor=actor)


def order_of(mail: str) -> Order:
    return Order.objects.filter(email=mail).earliest("pk")


def test_the_page_says_whose_holds_changed(two, olga):
    kept, gone = two
    late = on_credit("gone@example.test")
    page = f"/customers/{kept.pk}/merge/?with={gone.pk}"
    seen = signed_in(olga).get(page).context["effects"].seen
    sides = {"side-email": "kept", "side-credit": "kept"}
    answer = signed_in(olga).post(
        page, sides | {"press": "merge", "seen": seen, "reason": "The same firm"}, follow=True
    )
    text = answer.content.decode()
    assert "4 orders not confirmed yet: 3 newly held, 0 freed of a hold" in text
    assert late.get_absolute_url() in text
    assert [rule for order in Order.objects.all() for rule, _ in held(order)] == [
        "credit"
    ] * 4  # the first of them came before the account
    assert held(late)[0][1].startswith("Owes ₹600.00 already")
    assert said(late)[-1] == "orders.checked"
    done = CustomerMerge.objects.get()
    assert done.checked_at is not None
    assert signed_in(olga).get(f"/customers/{kept.pk}/").content.decode().count(f"/merges/{done.pk}/") == 1


def test_a_price_agreed_with_the_one_who_stays_frees_what_was_held(two, olga):
    kept, gone = two
    switch_on("price")
    price_list("dear", ("MUG", 1, "120"), customer=gone)
    cheap = placed(("MUG", 1), email="gone@example.test", phone="")
    assert [rule for rule, _ in held(cheap)] == ["price"]
    price_list("own", ("MUG", 1, "100"), customer=kept)
    done = check_merged(merged(kept, gone, olga).pk, actor=olga)
    assert held(cheap) == []
    assert [cheap.number, [], ["Price"]] in [[n, on, [o[:5] for o in off]] for n, on, off in done.checks["orders"]]


def test_a_worker_asks_what_the_page_did_not_get_to(two, olga):
    kept, gone = two
    on_credit("gone@example.test")
    done = merged(kept, gone, olga)
    assert "it goes on by itself" in signed_in(olga).get(f"/customers/{kept.pk}/merges/{done.pk}/").content.decode()
    first = customer_check._piece(done.pk, olga, 1)
    assert (first.checks["asked"], first.checked_at) == (1, None)
    taken: list[str] = []

    def note(execute, sql, *how):
        if "FOR UPDATE" in sql and 'FROM "orders_order"' in sql:
            taken.append("orders")
        elif sql == LOCK:
            taken.append("buyers")
        return execute(sql, *how)

    with connection.execute_wrapper(note):
        deliver_due()
    assert taken == ["orders", "buyers"], "as everybody takes them"
    done.refresh_from_db()
    assert (done.checks["asked"], done.checks["held"], bool(done.checked_at)) == (4, 3, True)
    assert not Delivery.objects.exclude(status="done").filter(handler__contains="merge").exists()
    asked = said(order_of("kept@example.test")).count("orders.checked")
    check_merged(done.pk, actor=olga)
    assert said(order_of("kept@example.test")).count("orders.checked") == asked == 1


def test_what_is_confirmed_goes_on_as_it_is(two, olga):
    kept, gone = two
    first = order_of("kept@example.test")
    confirm_order(first.number, actor=olga)
    done = merged(kept, gone, olga)
    check_merged(done.pk, actor=olga)
    assert (held(first), again(first).status) == ([], "confirmed")
    assert held(order_of("gone@example.test"))
    page = signed_in(olga).get(f"/customers/{kept.pk}/merges/{done.pk}/")
    assert "1 order confirmed before the merge is not asked again" in page.content.decode()
    assert page.context["decided"] == [first]
    Order.objects.filter(pk=first.pk).update(confirmed_at=now())
    assert "none was under way" in signed_in(olga).get(page.request["PATH_INFO"]).content.decode(), "since, not before"
