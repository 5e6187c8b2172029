"""Promises on incoming supply: the queue over what comes, days that move, and what is about to break."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.actions.adjust import receive_stock
from inventory.actions.purchases.end import cancel_purchase, cut_line
from inventory.actions.purchases.eta import Expected, set_etas
from inventory.models import Backorder
from inventory.promising import Coming, Waiting, forecasts
from notifications.models import OutgoingMessage
from oms.events.relay import deliver_due
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.allocate import serve_waiting
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.promise import promise_waiting, renew_promise
from orders.models import Channel, Order, StockPromise
from tests.inventory.buying import arrive, sent
from tests.stories import again, placed, said

D1, D2, D3 = date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 9)
HERE, THERE = frozenset({1}), frozenset({2})


def days(queue, supply) -> list[tuple[date | None, str, int]]:
    return [(f.due_on, f.ref, f.missing) for f in forecasts(queue, supply).values()]


def test_the_first_in_the_queue_gets_the_first_that_comes():
    queue = [Waiting(1, 7, 4, HERE), Waiting(2, 7, 4, HERE), Waiting(3, 7, 4, HERE)]
    supply = [Coming("PO-2", 7, 1, 3, D2), Coming("PO-1", 7, 1, 5, D1), Coming("PO-3", 7, 1, 2, D3)]
    assert days(queue, supply) == [(D1, "PO-1", 0), (D2, "PO-2", 0), (None, "PO-3", 2)]


def test_supply_for_a_place_that_may_not_serve_is_left_to_others():
    queue = [Waiting(1, 7, 4, HERE), Waiting(2, 7, 4, HERE | THERE)]
    assert days(queue, [Coming("PO-1", 7, 2, 4, D1)]) == [(None, "", 4), (D1, "PO-1", 0)]


def test_another_product_brings_nothing():
    assert days([Waiting(1, 7, 4, HERE)], [Coming("PO-1", 8, 1, 9, D1)]) == [(None, "", 4)]


units = st.integers(1, 9)
places = st.sampled_from([HERE, THERE, HERE | THERE])
queues = st.lists(st.tuples(st.integers(1, 2), units, places), max_size=6)
supplies = st.lists(
    st.tuples(st.integers(1, 2), st.integers(1, 2), units, st.dates(D1, D1 + timedelta(days=4))), max_size=6
)


@given(queues, supplies)
def test_no_unit_is_promised_twice_and_none_is_lost(wanted, coming):
    queue = [Waiting(n, product, qty, where) for n, (product, qty, where) in enumerate(wanted)]
    supply = [Coming(f"PO-{n}", product, place, qty, eta) for n, (product, place, qty, eta) in enumerate(coming)]
    found = forecasts(queue, supply)
    for row in queue:
        assert found[row.line_id].missing + sum(p.qty for p in found[row.line_id].parts) == row.qty
        assert all(p.qty > 0 for p in found[row.line_id].parts)
    used: dict[str, int] = {}
    for f in found.values():
        for p in f.parts:
            used[p.ref] = used.get(p.ref, 0) + p.qty
    by_ref = {c.ref: c for c in supply}
    assert all(qty <= by_ref[ref].qty for ref, qty in used.items())
    # Whoever misses something could have been served by nothing that is left.
    left = {c.ref: c.qty - used.get(c.ref, 0) for c in supply}
    for row in queue:
        if found[row.line_id].missing:
            assert not any(
                left[c.ref] for c in supply if c.product_id == row.product_id and c.location_id in row.location_ids
            )


@pytest.fixture
def house(shop):
    yield shop
    assert {code: rows for code, rows in run_all().items() if rows} == {}


def waits(qty: int, actor, **changes) -> Order:
    """A confirmed, paid order for lamps, of which there are none."""
    order = placed(("LAMP", qty), paid=f"{qty * 100}.00", **changes)
    confirm_order(order.number, actor=actor)
    return again(order)


def promise_of(order: Order) -> StockPromise:
    return StockPromise.objects.current().get(order=order)


def test_a_waiting_order_says_which_purchase_order_brings_it_and_when(house, ana, bo):
    order = waits(3, ana)
    assert again(order).next_text == "Receive stock for 3 units"
    purchase = sent(("LAMP", 10, 5), actor=bo)
    deliver_due()
    due = business_date() + timedelta(days=5)
    words = f"{purchase.number}, expected {due.day} {due:%b}"
    now = again(order)
    assert now.next_text == f"Receive {words}"
    assert now.blockers[0]["text"] == f"Short 3 of 3: {words}"
    assert now.blockers[0]["until"] is not None
    assert (promise_of(order).promised_on, Backorder.objects.get().eta) == (due, due)
    assert "orders.stock_promised" in said(order)
    count = StockPromise.objects.count()
    assert promise_waiting(actor="system") == 0, "run twice, the second changes nothing"
    assert StockPromise.objects.count() == count


def test_an_order_placed_after_gets_its_day_from_the_sweep(house, ana, bo):
    sent(("LAMP", 4, 5), ("LAMP", 4, 9), actor=bo)
    first, second = waits(3, ana), waits(3, ana)
    assert promise_waiting(actor="system") == 2
    today = business_date()
    assert promise_of(first).due_on == today + timedelta(days=5)
    assert promise_of(second).due_on == today + timedelta(days=9)
    cancel_order(first.number, reason="other", actor=ana)
    promise_waiting(actor="system")
    assert promise_of(second).due_on == today + timedelta(days=5)
    assert not StockPromise.objects.current().filter(order=first).exists()


def test_a_day_moved_by_five_days_breaks_nine_promises_before_they_break(house, ana, bo):
    """BEYOND 15, as it is told."""
    purchase = sent(("LAMP", 40, 3), actor=bo)
    orders = [waits(2, ana) for _ in range(9)]
    deliver_due()
    promise_waiting(actor="system")
    assert StockPromise.objects.breaking(business_date()).count() == 0
    line, day = purchase.lines.get(), business_date() + timedelta(days=8)
    set_etas(purchase.number, {line.pk: Expected(day, True)}, reason="Kiln broke", actor=bo)
    deliver_due()
    broken = StockPromise.objects.breaking(business_date())
    assert {p.order_id for p in broken} == {o.pk for o in orders}
    assert {(p.due_on, p.reason) for p in broken} == {(day, "Kiln broke")}
    assert "orders.promise_moved" in said(orders[0])


def test_supply_that_is_cut_or_cancelled_takes_the_day_away(house, ana, bo):
    purchase = sent(("LAMP", 4, 3), actor=bo)
    first, second = waits(2, ana), waits(2, ana)
    promise_waiting(actor="system")
    cut_line(purchase.number, line_id=purchase.lines.get().pk, qty=1, reason="Broken", actor=bo)
    deliver_due()
    assert again(second).next_text == f"Order the rest; {purchase.number} brings a part"
    assert promise_of(first).due_on is not None
    cancel_purchase(purchase.number, reason="Gone", actor=bo)
    deliver_due()
    assert again(first).next_text == "Receive stock for 2 units"
    assert {p.order_id for p in StockPromise.objects.breaking(business_date())} == {first.pk, second.pk}


def test_goods_that_arrive_end_the_promise_and_a_part_keeps_the_rest(house, ana, bo):
    order = waits(5, ana)
    purchase = sent(("LAMP", 5, 3), actor=bo)
    deliver_due()
    arrive(purchase, "LAMP", 2, actor=bo)
    deliver_due()
    assert (promise_of(order).qty, Backorder.objects.get().eta) == (3, business_date() + timedelta(days=3))
    arrive(purchase, "LAMP", 3, actor=bo)
    deliver_due()
    assert not StockPromise.objects.current().exists()
    assert (again(order).stock_due_on, again(order).stock_due_ref) == (None, "")


def test_renewing_promises_the_new_day_and_writes_to_the_customer(house, ana, bo):
    order = waits(2, ana)
    purchase = sent(("LAMP", 4, 3), actor=bo)
    deliver_due()
    old = promise_of(order)
    with pytest.raises(Refused, match="the day that is promised"):
        renew_promise(old.pk, actor=ana)
    day = business_date() + timedelta(days=6)
    set_etas(purchase.number, {purchase.lines.get().pk: Expected(day, True)}, actor=bo)
    deliver_due()
    with pytest.raises(Refused, match="moved meanwhile"):
        renew_promise(old.pk, actor=ana)
    new = promise_of(order)
    with pytest.raises(Refused, match="moved meanwhile"):
        renew_promise(new.pk, seen=date(2020, 1, 1), actor=ana)
    renew_promise(new.pk, seen=day, message="It comes a little later.", actor=ana)
    deliver_due()
    assert promise_of(order).promised_on == day
    assert not StockPromise.objects.breaking(business_date()).exists()
    message = OutgoingMessage.objects.get(template_key="orders.promise_renewed")
    assert "It comes a little later." in message.body
    assert StockPromise.objects.filter(order=order).count() == 3, "what was promised before stays readable"


def test_supply_for_the_wrong_place_promises_nothing(house, ana, bo):
    Channel.objects.update(location_codes=["pune"])
    order = waits(2, ana)
    sent(("LAMP", 4, 3), location="delhi", actor=bo)
    deliver_due()
    assert again(order).stock_due_ref == ""


def test_pages_show_the_desk_the_draft_and_the_history(house, client, ana, bo):
    order = waits(2, ana)
    purchase = sent(("LAMP", 4, 3), actor=bo)
    deliver_due()
    day = business_date() + timedelta(days=6)
    set_etas(purchase.number, {purchase.lines.get().pk: Expected(day, True)}, reason="Strike", actor=bo)
    deliver_due()
    client.force_login(ana)
    assert order.number in client.get("/orders/waiting/?view=breaking").content.decode()
    assert "No order" not in client.get("/orders/waiting/?q=LAMP").content.decode()
    assert order.number not in client.get("/orders/waiting/?q=MUG").content.decode()
    row = promise_of(order)
    page = client.get(f"/orders/waiting/{row.pk}/").content.decode()
    for words in ("3 d later than promised", "Strike", purchase.number, "comes later than planned"):
        assert words in page, words
    given = {"seen": f"{day:%Y-%m-%d}", "tell": "yes", "message": "Sorry"}
    answer = client.post(f"/orders/waiting/{row.pk}/renewal/", given, follow=True)
    assert "the customer is written to" in answer.content.decode()
    assert "Promise the new day" in answer.content.decode()
    client.force_login(bo)
    assert client.post(f"/orders/waiting/{row.pk}/renewal/", given).status_code == 403


def test_doctor_names_an_order_whose_day_is_not_its_promises(shop, ana, bo):
    order = waits(2, ana)
    Order.objects.filter(pk=order.pk).update(stock_due_on=date(2030, 1, 1))
    done = placed(("MUG", 1))
    Order.objects.filter(pk=done.pk).update(scarce_sku="MUG")
    assert [f.subject for f in run_all()["orders.stock_due"]] == [order.number, done.number]


def test_the_desk_asks_the_same_for_one_row_as_for_many(shop, client, ana, bo, read_once):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(ana)
    counts = []
    for _ in range(2):
        waits(2, ana)
        promise_waiting(actor="system")
        client.get("/orders/waiting/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/orders/waiting/")
        counts.append(len(asked))
        for _ in range(5):
            waits(1, ana)
    assert counts[0] == counts[1]


def test_few_units_for_many_end_the_search_when_the_last_is_gone(shop, django_assert_max_num_queries):
    """Ten thousand may wait for ten; the rest is not asked one by one."""
    waiting = [placed(("LAMP", 1)) for _ in range(6)]
    receive_stock("LAMP", location="pune", qty=1, source="R-1", actor="system")
    with django_assert_max_num_queries(60):  # two orders at the most; all six asked twice as many and more
        served = serve_waiting("LAMP", actor="system")
    assert served == [waiting[0].number]
    receive_stock("LAMP", location="delhi", qty=2, source="R-2", actor="system")
    assert serve_waiting("LAMP", actor="system") == [order.number for order in waiting[1:3]]
