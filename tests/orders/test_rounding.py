"""Each line is rounded once and stored; the total is the sum of what is stored, whatever becomes of the order later."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.kernel.money import quantize
from oms.ops.doctor.registry import CHECKS
from orders.actions.cancel import cancel_remainder
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.capture.build import build
from orders.capture.validate import problems
from orders.channels.draft import LineDraft, OrderDraft
from orders.exchange import Books
from orders.models import Channel, Order
from orders.stagebook import StageInfo
from orders.states import StageKey
from tests.orders.amending.steps import add, amended, qty
from tests.orders.splitting_steps import part_off
from tests.stories import again, draft, placed

BOOK = {key: StageInfo(key, label, "", "", "", None, 99) for key, label in StageKey.choices}
fine = st.decimals("0", "999", places=4)
lines = st.lists(
    st.builds(
        lambda qty, price, off, rate: LineDraft("MUG", "Mug", qty, price, (qty * price * off).quantize(Decimal("0.0001")),
                                                (qty * price * (1 - off) * rate).quantize(Decimal("0.0001")), rate),
        st.integers(1, 999), fine, st.sampled_from([Decimal(0), Decimal("0.1"), Decimal("0.3333")]),
        st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.1"), Decimal("0.18")]),
    ), min_size=1, max_size=8,
)  # fmt: skip


def built(given_: OrderDraft) -> tuple[Order, list]:
    channel = Channel(pk=1, code="web", name="Website")
    made = build(
        given_,
        "SO-1",
        channel=channel,
        customer_id=None,
        products={},
        book=BOOK,
        books=Books("INR"),
        at=datetime.now(UTC),
    )
    return made.order, made.lines


def sum_of(order: Order, rows: list) -> Decimal:
    tax = Decimal(0) if order.tax_included else order.shipping_tax
    return sum((row.total for row in rows), order.shipping_total + order.adjustment_total + tax)


@given(
    rows=lines, shipping=fine, tax=fine, included=st.booleans(), currency=st.sampled_from(["INR", "AUD", "JPY", "KWD"])
)
def test_a_total_is_the_sum_of_its_stored_lines_in_every_basket_rate_and_currency(
    rows, shipping, tax, included, currency
):
    basket = OrderDraft(
        external_id="1", placed_at=datetime.now(UTC), currency=currency, lines=tuple(rows), shipping=shipping,
        shipping_tax=tax, tax_included=included,
    )  # fmt: skip
    order, stored = built(basket)
    parts = [*(row.total for row in stored), *(row.discount for row in stored), *(row.tax for row in stored)]
    parts += [order.shipping_total, order.shipping_tax, order.total, order.tax_total, order.discount_total]
    assert [part for part in parts if part != quantize(part, currency)] == []
    assert order.total == sum_of(order, stored) == basket.computed_total()
    # A source that rounds once over the whole is believed; the difference has a name of its own.
    exact = quantize(basket.exact_total(), currency)
    said = OrderDraft(**(basket.__dict__ | {"total": exact}))
    assert problems(said) == []
    order, stored = built(said)
    assert order.total == exact == sum_of(order, stored)
    assert bool(order.adjustment_total) == (exact != basket.computed_total()) == bool(order.adjustment_note)


@pytest.mark.django_db
def test_fractions_of_a_cent_sum_up_through_change_split_and_cancellation(shop, ana):
    order = placed(("MUG", 3), ("KETTLE", 3), price="0.0125")  # 0.0375 each: 0.04 + 0.04, not 0.075
    assert (order.total, [line.total for line in order.lines.all()]) == (Decimal("0.08"), [Decimal("0.04")] * 2)
    confirm_order(order.number, actor=ana)
    amended(again(order), qty(order, 5), add("MUG", 1, price="0.0150"), actor=ana)
    left, part = part_off(again(order), ("KETTLE", 2), actor=ana)
    line = left.lines.get(sku="KETTLE")
    cancel_remainder(left.number, quantities={line.pk: 1}, reason="other", actor=ana)
    assert left.total + part.total == Decimal("0.12")
    assert not list(CHECKS["orders.totals"].run()) and not list(CHECKS["orders.worth"].run())


@pytest.mark.django_db
def test_a_total_that_no_rounding_explains_is_refused(shop):
    basket = {"price": "0.0125", "total": Decimal("0.07")}
    result = capture_orders([draft(("MUG", 3), ("KETTLE", 3), **basket)], channel=shop, actor="system")[0]
    assert [reason.code for reason in result.refusals] == ["total_mismatch"]
    basket["total"] = Decimal("0.075")
    order = placed(("MUG", 3), ("KETTLE", 3), **basket)
    assert (order.total, order.adjustment_total) == (Decimal("0.08"), 0)
    fine_ = placed(("MUG", 1), ("KETTLE", 1), price="0.0125", total=Decimal("0.03"))
    assert (fine_.total, fine_.adjustment_total, fine_.adjustment_note) == (
        Decimal("0.03"), Decimal("0.01"), "Rounding at the source",
    )  # fmt: skip
