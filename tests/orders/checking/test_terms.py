"""VA-04, VA-05: minimum, credit and agreed prices hold an order before anybody confirms it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import Product
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from orders.actions.cancel import cancel_order
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold
from orders.models import CreditAccount, Customer, CustomerGroup, Order, OrderMinimum
from orders.pricing.credit import standing
from payments.actions.record import record_payment
from payments.actions.verify import verify_payment
from tests.orders.checking.house import held
from tests.orders.desk import signed_in
from tests.orders.pricing.test_lists import price_list
from tests.orders.rates import dollars, rate
from tests.stories import placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(shop) -> Customer:
    """Who buys in every story, known from before and in a group."""
    group = CustomerGroup.objects.create(code="retail", name="Retailers")
    return Customer.objects.create(name="Zoya P", email="zoya@example.test", match_key="zoya@example.test", group=group)


def account(customer: Customer, limit: int = 500, **fields) -> CreditAccount:
    return CreditAccount.objects.create(customer=customer, currency="INR", limit=limit, **fields)


def on_credit(qty: int = 1) -> Order:
    return placed(("MUG", qty), payment_terms="credit")


def test_credit_up_to_the_limit_and_not_beyond(buyer, ana):
    account(buyer, 500)
    assert held(on_credit(3)) == []
    assert held(on_credit(2)) == [], "exactly the limit is within it"
    third = on_credit(1)
    assert held(third) == [
        ("credit", "Owes ₹500.00 already; with the ₹100.00 of this order it is over the limit of ₹500.00")
    ]
    with pytest.raises(Refused, match="over the limit"):
        confirm_order(third.number, actor=ana)


def test_an_order_beyond_the_limit_by_itself_owes_nothing_yet(buyer):
    account(buyer, 500)
    assert held(on_credit(6)) == [("credit", "This order of ₹600.00 alone is over the limit of ₹500.00")]


def test_a_cancelled_order_frees_the_credit_when_checked_again(buyer, ana, fay):
    account(buyer, 300)
    first, second = on_credit(3), on_credit(1)
    assert held(second)
    cancel_order(first.number, reason="customer_changed_mind", actor=ana)
    assert check_again(second.number, actor=fay).cleared == 1
    assert held(second) == []


def test_what_is_unpaid_beyond_the_days_agreed_stops_the_next_order(buyer):
    account(buyer, 5000, terms_days=30)
    first = on_credit(3)
    Order.objects.filter(pk=first.pk).update(dispatched_at=now() - timedelta(days=31), confirmed_at=now())
    assert held(on_credit(1)) == [("credit", f"₹300.00 of {first.number} is unpaid beyond the 30 days agreed")]


def test_the_sentence_names_the_oldest_debts_and_counts_the_others(buyer):
    account(buyer, 5000, terms_days=30)
    debts = [on_credit(1) for _ in range(5)]
    for days, order in enumerate(debts):
        Order.objects.filter(pk=order.pk).update(dispatched_at=now() - timedelta(days=40 - days))
    named = ", ".join(order.number for order in debts[:3])
    assert held(on_credit(1))[0][1].startswith(f"₹500.00 of {named} and 2 more is unpaid")


def test_orders_held_for_a_debt_go_on_by_themselves_when_it_is_paid(buyer, ana, fay):
    account(buyer, 5000, terms_days=30)
    debt = on_credit(3)
    Order.objects.filter(pk=debt.pk).update(dispatched_at=now() - timedelta(days=31))
    first, second = on_credit(1), on_credit(2)
    paid = record_payment(debt.number, method="bank", amount=Decimal(300), reference="NEFT 1", actor=fay)
    while deliver_due():
        pass
    assert held(first), "a bank transfer counts when Finance has seen it"
    verify_payment(paid.number, actor=fay)
    while deliver_due():
        pass
    assert (held(first), held(second)) == ([], [])
    assert confirm_order(first.number, actor=ana).status == "confirmed"


def test_an_order_that_is_paid_asks_for_no_credit(buyer, ana, fay):
    account(Customer.objects.create(name="Other"))
    order = on_credit(2)
    assert held(order)[0][1].startswith("No credit is agreed with this customer; take a payment")
    record_payment(order.number, method="cash", amount=Decimal(150), actor=fay)
    while deliver_due():
        pass
    assert held(order), "not all of it"
    record_payment(order.number, method="cash", amount=Decimal(50), actor=fay)
    while deliver_due():
        pass
    assert held(order) == []
    confirm_order(order.number, actor=ana)


def test_only_finance_the_owner_or_an_admin_allow_credit_to_who_is_late(buyer, ana, fay):
    account(buyer, 100)
    order = on_credit(3)
    hold = order.holds.get()
    with pytest.raises(Refused, match="Finance answers this hold"):
        clear_hold(order.number, hold_id=hold.pk, note="They promised", actor=ana)
    assert "Finance answers this hold" in signed_in(ana).get(f"/orders/{order.number}/").content.decode()
    clear_hold(order.number, hold_id=hold.pk, note="Paid at the counter", actor=fay)
    assert held(order) == []


def test_a_stopped_account_and_a_buyer_without_one_are_held(buyer):
    terms = account(buyer, 5000, is_stopped=True)
    assert held(on_credit())[0][1].startswith("Credit is stopped")
    terms.delete()
    assert held(on_credit()) == [], "a house that gives no accounts asks nothing"
    account(Customer.objects.create(name="Other"))
    assert held(on_credit())[0][1].startswith("No credit is agreed with this customer; take")


def test_paid_orders_owe_nothing(buyer):
    account(buyer, 100)
    placed(("MUG", 3), paid="300.00")
    assert held(on_credit(1)) == []


def test_the_standing_ages_every_debt_by_its_due_day(buyer):
    account(buyer, 1000, terms_days=30)
    ages = {"not sent": None, "not due": 10, "late": 31, "very late": 30 + 91}
    for days in ages.values():
        order = on_credit(1)
        Order.objects.filter(pk=order.pk).update(dispatched_at=days and now() - timedelta(days=days))
    found = standing(buyer, at=now())
    assert (found.owed, found.late, found.free) == (400, 200, 600)
    assert dict(found.ageing) == {
        "Not due yet": 200, "1–30 days late": 100, "31–60 days": 0, "61–90 days": 0, "Over 90 days": 100,
    }  # fmt: skip
    assert standing(Customer.objects.create(name="Other"), at=now()) is None


def test_too_few_units_of_a_product_for_the_group(buyer):
    OrderMinimum.objects.create(group=buyer.group, product=Product.objects.get(sku="MUG"), qty=6)
    assert held(placed(("MUG", 5))) == [("minimum", "Below the minimum. MUG: 5 of at least 6 units")]
    assert held(placed(("MUG", 2), ("MUG", 4))) == [], "lines of one product count together"
    assert held(placed(("KETTLE", 1))) == [], "who does not buy it need not buy six"
    buyer.group = None
    buyer.save()
    assert held(placed(("MUG", 1))) == []


def test_an_order_worth_too_little(shop):
    OrderMinimum.objects.create(currency="INR", amount=250)
    assert held(placed(("MUG", 2))) == [("minimum", "Below the minimum. The order: ₹200.00 of at least ₹250.00")]
    assert held(placed(("MUG", 3))) == []


def test_a_least_worth_of_the_books_holds_for_other_currencies_until_they_have_their_own(shop):
    OrderMinimum.objects.create(currency="INR", amount=1000)
    assert held(dollars(2)) == [], "what it is worth nobody knows"
    rate("55")
    assert held(dollars(1)) == [("minimum", "Below the minimum. The order: ₹550.00 of at least ₹1,000.00")]
    assert held(dollars(2)) == []
    OrderMinimum.objects.create(currency="AUD", amount=15)
    assert held(dollars(1)) == [("minimum", "Below the minimum. The order: A$10.00 of at least A$15.00")]
    assert held(dollars(2, price="8.00")) == [], "fifteen dollars are enough, whatever they are worth"


def test_a_price_other_than_the_agreed_one_is_told_with_its_list(buyer):
    price_list("retail", ("MUG", 1, "95"), ("MUG", 10, "90"), group=buyer.group)
    assert held(placed(("MUG", 1), price="95")) == []
    assert held(placed(("MUG", 10), price="95")) == [("price", "MUG at ₹95.00, agreed ₹90.00 from 10 on (Retail)")]


def test_a_list_for_everybody_holds_nobody(buyer):
    price_list("shop", ("MUG", 1, "95"))
    assert held(placed(("MUG", 1), price="100")) == []


def test_a_hundred_orders_are_checked_in_one_statement(buyer, django_assert_num_queries):
    from orders.checking.facts import load
    from orders.checking.rulebook import rulebook

    price_list("retail", ("MUG", 1, "95"), group=buyer.group)
    account(buyer)
    ids = [placed(("MUG", 1), payment_terms="credit").pk for _ in range(3)]
    book = rulebook()
    with django_assert_num_queries(1):
        found = load(ids, book)
    assert [len(f.off_list) for f in found] == [1, 1, 1]
    assert [f.credit.limit for f in found] == [Decimal(500)] * 3
