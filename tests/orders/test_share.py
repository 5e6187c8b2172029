"""The fair-share desk: proposals against tables worked out by hand, and the decision carried out on real stock."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.actions.adjust import receive_stock
from inventory.actions.ration import ration
from inventory.models import Allocation, Backorder, Product
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.allocate import serve_waiting
from orders.actions.confirm import confirm_order
from orders.actions.share import share_out
from orders.models import Channel, Order, Priority, ShareDecision
from orders.sharing.picture import Ask, Picture, is_scarce, picture_of
from orders.sharing.proposals import ShareRule, proposals, propose
from tests.conftest import person
from tests.fulfilment.steps import sick, work_of
from tests.stories import Stock, again, placed, said, stock_of

R = ShareRule
START = now()
EVERYWHERE = (1, 2)


def ask(n: int, waiting: int, *, held=None, places=EVERYWHERE, worth=10, priority=3, lacks=0, currency="INR") -> Ask:
    return Ask(
        n, f"SO-{n}", "Web", "", priority, START + timedelta(hours=n), waiting, held or {}, 0, lacks, Decimal(worth),
        currency, True, places,
    )  # fmt: skip


def picture(*asks: Ask, free: dict[int, int]) -> Picture:
    pool = dict(free)
    for one in asks:
        for place, qty in one.held.items():
            pool[place] = pool.get(place, 0) + qty
    return Picture(Product(sku="LAMP"), asks, pool, free)


def test_sixty_units_and_a_hundred_wanted_side_by_side():
    """BEYOND 16, as it is told: the same 60 units, five ways, and what each does to whom."""
    seen = picture(
        ask(1, 40, worth=5), ask(2, 30, worth=20, priority=1), ask(3, 10, worth=8), ask(4, 0, held={1: 20}, worth=1),
        free={1: 40},
    )  # fmt: skip
    table = {p.rule: ([p.units(n) for n in (1, 2, 3, 4)], p.completed, p.gain, p.lose) for p in proposals(seen)}
    assert table == {
        R.OLDEST: ([40, 20, 0, 0], 1, 2, 1),
        R.PRIORITY: ([30, 30, 0, 0], 1, 2, 1),
        R.COMPLETE: ([0, 30, 10, 20], 3, 2, 0),
        R.REVENUE: ([20, 30, 10, 0], 2, 3, 1),
        R.EVEN: ([17, 17, 10, 16], 1, 3, 1),
    }


def test_a_place_that_may_not_serve_an_order_gives_it_nothing_and_who_may_go_elsewhere_does():
    seen = picture(ask(1, 4), ask(2, 4, places=(1,)), free={1: 4, 2: 4})
    assert propose(seen, R.OLDEST).given == {1: {2: 4}, 2: {1: 4}}
    assert is_scarce(picture(ask(1, 4, places=(1,)), free={2: 9}))
    assert is_scarce(seen), "by itself, the first would take what only the second can use: somebody looks"
    assert not is_scarce(picture(ask(1, 4), ask(2, 4), free={1: 4, 2: 4}))


def test_orders_in_two_currencies_are_not_compared_by_revenue():
    seen = picture(ask(1, 4), ask(2, 4, currency="AUD"), free={1: 4})
    assert R.REVENUE not in [p.rule for p in proposals(seen)]


asks = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 5), st.sampled_from([(1,), (2,), EVERYWHERE]), st.integers(1, 4)),
    min_size=1, max_size=7,
)  # fmt: skip


@given(asks, st.integers(0, 20), st.integers(0, 20), st.sampled_from(list(R)))
def test_no_unit_is_given_twice_nobody_gets_more_than_asked_and_nothing_useful_is_left(wanted, here, there, rule):
    seen = picture(
        *(
            ask(n, waiting or 1, held={places[0]: held} if held else {}, places=places, priority=urgent)
            for n, (waiting, held, places, urgent) in enumerate(wanted)
        ),
        free={1: here, 2: there},
    )
    found = propose(seen, rule)
    left = dict(seen.pool)
    for one in seen.asks:
        assert found.units(one.line_id) <= one.wants
        for place, qty in found.given.get(one.line_id, {}).items():
            assert place in one.places
            left[place] -= qty
    assert min(left.values()) >= 0
    for one in seen.asks:
        if found.units(one.line_id) < one.wants:
            assert not any(left[place] for place in one.places)


@pytest.fixture
def house(shop):
    yield shop
    assert sick() == {}


def waits(qty: int, actor, **changes) -> Order:
    """A confirmed, paid order for lamps."""
    order = placed(("LAMP", qty), paid=f"{qty * 100}.00", **changes)
    confirm_order(order.number, actor=actor)
    return again(order)


def lamps(qty: int, source: str = "truck", location: str = "pune") -> None:
    receive_stock("LAMP", location=location, qty=qty, source=source, actor="system")
    deliver_due()


def seen() -> str:
    return picture_of(Product.objects.get(sku="LAMP")).version


def decide(rule: ShareRule, actor, **changes) -> ShareDecision:
    given = {"rule": rule.value, "seen": seen(), "reason": "The school opens on Monday", "actor": actor}
    return share_out("LAMP", **(given | changes))


def test_scarce_units_wait_for_the_desk_and_nobody_jumps_the_queue(house, ana, olga):
    ration("LAMP", on=True, actor=olga)
    first, second = waits(40, ana), waits(60, ana)
    lamps(60)
    assert stock_of("LAMP") == Stock(on_hand=60), "it waits"
    late = placed(("LAMP", 1))
    assert again(late).qty_backordered == 1, "an order placed meanwhile sees none of them"
    made = decide(R.COMPLETE, ana)
    assert [again(o).qty_allocated for o in (first, second, late)] == [40, 19, 0]
    assert again(late).qty_reserved == 1
    assert stock_of("LAMP") == Stock(on_hand=60, reserved=1, allocated=59)
    assert sum(line.qty for line in work_of(first).lines.all()) == 40, "the warehouse has it as work"
    event = Event.objects.filter(stream=second.number, name="orders.stock_shared").get()
    assert event.payload["label"] == (
        f"19 × LAMP came here by decision {made.number} (most orders completed): The school opens on Monday"
    )
    lamps(41, "second truck")
    assert [again(o).qty_backordered for o in (first, second, late)] == [0, 0, 0], "enough for all is served by itself"
    assert ration("LAMP", on=False, actor=olga)
    assert not Backorder.objects.exists()


def test_a_reserved_unit_goes_to_another_order_only_with_a_word_on_both(house, ana):
    lamps(10)
    held = placed(("LAMP", 8))
    fixed = waits(2, ana)
    urgent = waits(6, ana)
    Order.objects.filter(pk=urgent.pk).update(priority=Priority.URGENT)
    since = Allocation.objects.get(order_number=held.number).created_at
    made = decide(R.PRIORITY, ana)
    assert (again(urgent).qty_allocated, again(held).qty_reserved, again(held).qty_backordered) == (6, 2, 6)
    assert again(fixed).qty_allocated == 2, "what is allocated stays"
    assert Backorder.objects.get().created_at == since, "at its old place in the queue"
    assert said(held)[-1] == "orders.stock_shared"
    label = Event.objects.filter(stream=held.number).latest("seq").payload["label"]
    assert label.startswith(f"6 × LAMP went to {urgent.number} by decision {made.number}")
    assert "orders.stock_shared" not in said(fixed)
    with pytest.raises(Refused, match="keeps what it has"):
        decide(R.PRIORITY, ana)


def test_a_decision_is_refused_on_an_old_picture_and_without_a_reason(house, ana):
    waits(5, ana)
    waits(5, ana)
    Product.objects.filter(sku="LAMP").update(is_rationed=True)
    old = seen()
    lamps(6)
    with pytest.raises(Refused, match="has just changed"):
        decide(R.OLDEST, ana, seen=old)
    with pytest.raises(Refused, match="Say why"):
        decide(R.OLDEST, ana, reason="  ")
    with pytest.raises(Refused, match="Choose one"):
        share_out("LAMP", rule="best friends", seen=seen(), reason="They asked", actor=ana)
    assert stock_of("LAMP") == Stock(on_hand=6)
    assert not ShareDecision.objects.exists()


def test_units_of_a_place_that_does_not_serve_the_channel_are_not_shared_to_it(house, client, ana):
    Channel.objects.update(location_codes=["pune"])
    order = waits(3, ana)
    lamps(3, location="delhi")
    assert picture_of(Product.objects.get(sku="LAMP")).asks[0].number == order.number
    with pytest.raises(Refused, match="keeps what it has"):
        decide(R.OLDEST, ana)
    client.force_login(ana)
    address = f"/orders/sharing/{Product.objects.get(sku='LAMP').pk}/"
    assert "The free units lie where none of these orders is sent from" in client.get(address).content.decode()
    ration("LAMP", on=True, actor=ana)  # so that the next one waits for the desk
    lamps(1)
    assert "none of these orders is sent from" not in client.get(address).content.decode()


def test_the_desk_shows_proposals_and_takes_the_decision(house, client, ana, bo):
    Product.objects.filter(sku="LAMP").update(is_rationed=True)
    first, second = waits(4, ana), waits(3, ana)
    lamps(5)
    client.force_login(bo)
    pk = Product.objects.get(sku="LAMP").pk
    assert "Decide" in client.get("/orders/sharing/").content.decode()
    assert "Share scarce stock: 1 to decide" in client.get("/orders/waiting/").content.decode()
    page = client.get(f"/orders/sharing/{pk}/").content.decode()
    for words in (first.number, "Most orders completed", "7 units", "5 units", "Sales or the owner decides"):
        assert words in page, words
    given = {"rule": "oldest", "seen": seen(), "reason": "First come"}
    assert client.post(f"/orders/sharing/{pk}/decision/", given).status_code == 403
    client.force_login(ana)
    assert client.post(f"/orders/sharing/{pk}/decision/", given | {"reason": ""}).status_code == 422
    answer = client.post(f"/orders/sharing/{pk}/decision/", given, follow=True).content.decode()
    assert "FS-" in answer and "First come" in answer
    assert [again(o).qty_allocated for o in (first, second)] == [4, 1]
    assert client.post(f"/orders/sharing/{pk}/rationing/", {"on": "no"}, follow=True).status_code == 200
    assert not Product.objects.get(pk=pk).is_rationed
    assert serve_waiting("LAMP", actor="system") == []
    client.force_login(person("sal", "sales", channel_codes=["elsewhere"]))
    page = client.get(f"/orders/sharing/{pk}/").content.decode()
    assert second.number not in page and "channels you do not see" in page


def test_doctor_names_a_decision_that_gave_too_much_or_that_an_order_does_not_tell(shop, ana):
    order = waits(4, ana)
    facts = {"product": Product.objects.get(sku="LAMP"), "rule": "oldest", "reason": "x", "actor_name": "x"}
    ShareDecision.objects.create(number="FS-1", pool=3, rows=[[order.number, 1, 4, 4, 4]], **facts)
    ShareDecision.objects.create(number="FS-2", pool=3, rows=[[order.number, 1, 4, 0, 3]], **facts)
    assert [f.subject for f in run_all()["orders.shared"]] == ["FS-1", "FS-2"]
