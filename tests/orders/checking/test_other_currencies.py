"""CU-10 with VA-05 and VA-10: limits of the books and credit hold at the exchange rate an order was placed at."""

from decimal import Decimal

import pytest

from oms.kernel.clock import now
from orders.actions.check import check_again
from orders.actions.rate import record_rate
from orders.models import CreditAccount, Customer
from orders.pricing.credit import standing
from tests.orders.checking.house import held, limits
from tests.orders.rates import dollars, rate
from tests.stories import placed

pytestmark = pytest.mark.django_db


def test_limits_of_the_books_hold_for_currencies_that_have_none(shop, fay):
    limits(approve_from=Decimal(5000), cod_up_to=Decimal(3000))
    rate("55.2")
    small, large = dollars(2, "40.00"), dollars(2, "50.00")
    assert held(small) == []
    assert [(rule, text.split(" (")[0]) for rule, text in held(large)] == [
        ("amount", "A$100.00, ₹5,520.00 at its exchange rate, needs a second person's approval")
    ]
    unknown = placed(price="1.00", currency="EUR")
    assert "what it is worth in INR is not known" in held(unknown)[0][1]
    record_rate(unknown.number, rate=Decimal(90), actor=fay)
    assert held(unknown) == [], "found small once its worth is known"
    limits("AUD", approve_from=Decimal(1000))
    check_again(large.number, actor=fay)
    assert held(large) == [], "its own currency's limit decides where there is one"


def test_a_credit_limit_counts_orders_in_every_currency_at_their_own_rates(shop, fay):
    buyer = Customer.objects.create(name="Zoya P", email="zoya@example.test", match_key="zoya@example.test")
    account = CreditAccount.objects.create(customer=buyer, currency="INR", limit=Decimal(3000))
    rate("50")
    first = dollars(4, payment_terms="credit")  # 2,000 rupees
    assert held(first) == []
    over = dollars(3, payment_terms="credit")  # 1,500 more
    assert held(over) == [
        ("credit", "Owes ₹2,000.00 already; with the ₹1,500.00 of this order it is over the limit of ₹3,000.00")
    ]
    now_ = standing(buyer, at=now())
    assert [(o.balance, o.own, o.currency) for o in now_.orders] == [(2000, 40, "AUD"), (1500, 30, "AUD")]
    assert now_.owed == 3500
    account.limit = Decimal(10000)
    account.save()
    euro = placed(price="5.00", currency="EUR", payment_terms="credit")
    assert held(euro)[0][1].startswith("What this order in EUR is worth in INR is not known")
    account.currency, account.limit = "AUD", Decimal(100)
    account.save()
    assert check_again(over.number, actor=fay).held == 0
    assert "is worth in AUD is not known" in held(over)[0][1]  # the order in euros has no rate
    record_rate(euro.number, rate=Decimal(90), actor=fay)
    check_again(over.number, actor=fay)
    assert held(over) == []  # 40 + 30 + 5 x 90 / 50 = 79 of 100 dollars
    assert standing(buyer, at=now()).owed == 79
