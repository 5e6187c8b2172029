"""The fair-share desk: proposals against tables worked out by hand, and the decision carried out on real stock."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from inventory.actions.adjust import receive_stock
from inventory.actions.ration import ration
from inventory.actions.recipe import Part, set_recipe
from inventory.models import Allocation, Backorder, Product
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.allocate import serve_waiting
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.actions.promise import promise_waiting
from orders.actions.share import share_out
from orders.models import Channel, Order, Priority, ShareDecision
from orders.sharing.desk import left_lying, rows, to_decide
from orders.sharing.picture import Ask, Picture, is_scarce, picture_of, undecided
from orders.sharing.proposals import ShareRule, proposals, propose
from orders.tasks import promise_stock
from tests.conftest import person
from tests.fulfilment.steps import sick, work_of
from tests.stories import Stock, again, draft, placed, said, stock_of

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
    st.tuples(
        st.integers(0, 9), st.integers(0, 5), st.sampled_from([(1,), (2,), EVERYWHERE]), st.integers(1, 4),
        st.sampled_from([(1, {}), (1, {}), (2, {7: 1}), (3, {7: 2, 8: 1})]),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


@given(asks, st.integers(0, 20), st.integers(0, 20), st.integers(0, 6), st.sampled_from(list(R)))
def test_no_unit_is_given_twice_nobody_gets_more_than_asked_and_nothing_useful_is_left(wanted, here, there, rest, rule):
    """Lines of kits among them, which take `per` units at once with others of what lies there `besides`."""
    lines = [
        replace(
            ask(n, (waiting or 1) * per, held={places[0]: held * per} if held else {}, places=places, priority=urgent),
            per=per, besides=besides,
        )
        for n, (waiting, held, places, urgent, (per, besides)) in enumerate(wanted)
    ]  # fmt: skip
    others = Counter({(product, place): rest for product in (7, 8) for place in EVERYWHERE})
    for one in lines:
        for place, qty in one.held.items():
            others.update({(product, place): qty // one.per * each for product, each in one.besides.items()})
    seen = replace(picture(*lines, free={1: here, 2: there}), others=others)
    found = propose(seen, rule)
    left, beside = dict(seen.pool), dict(others)
    for one in seen.asks:
        assert found.units(one.line_id) <= one.wants
        for place, qty in found.given.get(one.line_id, {}).items():
            assert place in one.places and qty % one.per == 0
            left[place] -= qty
            for product, each in one.besides.items():
                beside[product, place] -= qty // one.per * each
    assert min(left.values()) >= 0 and min(beside.values()) >= 0
    for one in seen.asks:
        if found.units(one.line_id) < one.wants:
            for place in one.places:
                whole = all(beside[product, place] >= each for product, each in one.besides.items())
                assert left[place] < one.per or not whole


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
    assert again(late).scarce_sku == "LAMP", "and knows it from the reading it was placed with"
    told = again(first)
    assert (told.next_action, told.next_text, told.owner_team) == ("share_stock", "Share out scarce LAMP", "sales")
    assert told.blockers[0]["text"] == "Short 40 of 40: LAMP is scarce and waits to be shared out"
    since = told.blockers[0]["since"]
    promise_waiting(actor="system")
    assert again(first).blockers[0]["since"] == since and again(first).version == told.version, "said once"
    assert [o.pk for o in Order.objects.blocked_by("stock")] == [first.pk, second.pk]
    made = decide(R.COMPLETE, ana)
    assert [again(o).qty_allocated for o in (first, second, late)] == [40, 19, 0]
    assert again(late).qty_reserved == 1
    assert stock_of("LAMP") == Stock(on_hand=60, reserved=1, allocated=59)
    assert sum(line.qty for line in work_of(first).lines.all()) == 40, "the warehouse has it as work"
    assert (again(second).next_action, again(second).scarce_sku) == ("release", ""), "decided"
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
    assert "Open the fair-share desk</a>, it waits there" in client.get(first.get_absolute_url()).content.decode()
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
    assert 'say">Decide' in page and 'say">Decide' not in answer
    assert [again(o).qty_allocated for o in (first, second)] == [4, 1]
    assert client.post(f"/orders/sharing/{pk}/rationing/", {"on": "no"}, follow=True).status_code == 200
    assert not Product.objects.get(pk=pk).is_rationed
    assert serve_waiting("LAMP", actor="system") == []
    client.force_login(person("sal", "sales", channel_codes=["elsewhere"]))
    page = client.get(f"/orders/sharing/{pk}/").content.decode()
    assert second.number not in page and "channels you do not see" in page


def desk_set(actor) -> Product:
    """A kit of two lamps and a kettle."""
    kit = Product.objects.create(sku="DESK-SET", name="Desk set", price=300)
    return set_recipe(kit.sku, parts=[Part("LAMP", 2), Part("KETTLE", 1)], actor=actor)


def test_kits_ask_by_their_component_and_move_whole(house, client, ana, olga):
    """Two sets and two lamps alone want six lamps; five come, and one kettle too few for both sets."""
    desk_set(ana)
    fixed = placed(("KETTLE", 9), paid="900.00")
    confirm_order(fixed.number, actor=ana)
    ration("LAMP", on=True, actor=olga)
    sets = placed(("DESK-SET", 2), paid="200.00")
    confirm_order(sets.number, actor=ana)
    alone = waits(2, ana)
    lamps(5)
    assert stock_of("LAMP") == Stock(on_hand=5), "six are wanted: it waits"
    assert [again(o).scarce_sku for o in (sets, alone)] == ["LAMP", "LAMP"]
    client.force_login(ana)
    desk = client.get("/orders/sharing/").content.decode()
    assert "<b>6</b> by 2 orders" in desk and "DESK-SET" not in desk
    assert "KETTLE" in desk, "one free kettle is less than the two that the sets want"
    assert client.get("/orders/sharing/?sku=LAMP").url == f"/orders/sharing/{Product.objects.get(sku='LAMP').pk}/"
    assert "2 in each DESK-SET" in client.get("/orders/sharing/?sku=LAMP", follow=True).content.decode()
    assert "by its components" in client.get("/orders/sharing/?sku=DESK-SET", follow=True).content.decode()
    receive_stock("KETTLE", location="delhi", qty=1, source="post", actor="system")
    deliver_due()
    assert again(sets).qty_allocated == 0, "the kettle brings no lamps that wait for a decision"
    late = placed(("DESK-SET", 1))
    assert (again(late).qty_backordered, again(late).scarce_sku) == (1, "LAMP"), "nor does it jump the queue as a kit"
    made = decide(R.OLDEST, ana)
    assert [row[2:] for row in made.rows] == [[4, 0, 2], [2, 0, 2], [2, 0, 0]], (
        "one set, two lamps; no kettle for another"
    )
    assert (again(sets).qty_allocated, again(sets).qty_backordered) == (1, 1)
    assert [again(o).scarce_sku for o in (sets, alone, late)] == ["", "", ""]
    assert stock_of("LAMP") == Stock(on_hand=5, allocated=4)
    assert stock_of("KETTLE") == Stock(on_hand=10, allocated=10)
    assert work_of(sets).lines.get().qty == 1, "the floor has one set as work"


def test_a_reserved_kit_gives_its_lamps_to_who_is_decided_on_and_its_kettle_back(house, ana):
    desk_set(ana)
    lamps(4)
    held = placed(("DESK-SET", 2))
    assert stock_of("KETTLE") == Stock(on_hand=10, reserved=2)
    urgent = waits(3, ana)
    Order.objects.filter(pk=urgent.pk).update(priority=Priority.URGENT)
    decide(R.PRIORITY, ana)
    assert (again(held).qty_reserved, again(held).qty_backordered, again(urgent).qty_allocated) == (0, 2, 3)
    assert Backorder.objects.get().product.sku == "DESK-SET"
    assert [row.product.sku for row in rows()[0]] == ["LAMP"], "kettles lie there for every set"
    assert (stock_of("LAMP"), stock_of("KETTLE")) == (Stock(on_hand=4, allocated=3), Stock(on_hand=10))


def test_the_desk_counts_only_units_that_can_serve_who_asks(house, client, ana):
    Channel.objects.update(location_codes=["pune"])
    waits(3, ana)
    ration("LAMP", on=True, actor=ana)
    lamps(7, location="delhi")
    (row,), total = rows()
    assert (row.waiting, row.free, row.uncovered, total, to_decide()) == (3, 0, 3, 1, 0)
    assert picture_of(Product.objects.get(sku="LAMP")).to_share == 0, "and so does the page of the SKU"
    assert not Order.objects.exclude(scarce_sku="").exists(), "nobody can decide anything about it"
    lamps(2)
    assert (rows()[0][0].free, to_decide()) == (2, 1)
    assert Order.objects.get().scarce_sku == "LAMP"
    ration("LAMP", on=False, actor=ana)
    deliver_due()
    order = Order.objects.get()
    assert (order.qty_allocated, order.scarce_sku, order.next_action) == (2, "", "release"), "served as the desk said"


def test_scarce_at_a_rationed_place_is_served_elsewhere_as_it_comes(house, client, ana, olga):
    """Pune is decided on, Delhi is not: what lies in Delhi goes to the longest waiting, and to a later buyer."""
    with pytest.raises(Refused, match="no place nowhere"):
        ration("LAMP", on=True, places=["pune", "nowhere"], actor=olga)
    client.force_login(ana)
    address = f"/orders/sharing/{Product.objects.get(sku='LAMP').pk}/"
    assert "Tick the places" in client.post(address + "rationing/", {"on": "places"}).content.decode()
    client.post(address + "rationing/", {"on": "places", "places": ["pune"]})
    first, second = waits(10, ana), waits(10, ana)
    lamps(4, location="delhi")
    lamps(6)
    assert (stock_of("LAMP", "delhi").allocated, stock_of("LAMP").allocated) == (4, 0)
    assert [again(o).qty_allocated for o in (first, second)] == [4, 0]
    assert [again(o).scarce_sku for o in (first, second)] == ["LAMP", "LAMP"]
    (row,), _ = rows()
    assert (row.free, row.at_desk, row.where, to_decide()) == (6, 6, ("Pune",), 1)
    page = client.get(address).content.decode()
    assert "if they lie at Pune; elsewhere they are served oldest first" in page
    receive_stock("LAMP", location="delhi", qty=3, source="van", actor="system")  # nobody was served of it yet
    late = placed(("LAMP", 4))
    assert (again(late).qty_reserved, again(late).qty_backordered) == (3, 1), (
        "a later buyer sees Delhi, and no unit of Pune"
    )
    decide(R.EVEN, ana)
    assert stock_of("LAMP").allocated + stock_of("LAMP").reserved == 6, "the desk shares Pune's units"
    lamps(1, "van to decide on")
    assert stock_of("LAMP") == Stock(on_hand=7, allocated=6), "one more waits for the desk"
    client.post(address + "rationing/", {"on": "yes"})
    deliver_due()
    assert stock_of("LAMP", "delhi") == Stock(on_hand=7, reserved=3, allocated=4)
    assert Product.objects.get(sku="LAMP").rationed_at == []


def test_two_regions_that_share_no_place_are_scarce_each_for_itself(house, ana, olga):
    ration("LAMP", on=True, actor=olga)
    Channel.objects.update(location_codes=["pune"])
    north = Channel.objects.create(code="north", name="North", location_codes=["delhi"])
    here = waits(5, ana)
    there = Order.objects.get(
        number=capture_orders([draft(("LAMP", 3), paid="300.00")], channel=north, actor=ana)[0].number
    )
    lamps(2)
    lamps(4, location="delhi")
    assert (again(there).qty_reserved, again(there).scarce_sku) == (3, ""), (
        "Delhi has enough for who is sent from there"
    )
    assert (again(here).qty_allocated, again(here).scarce_sku) == (0, "LAMP"), "Pune has not"
    number = capture_orders([draft(("LAMP", 1))], channel=north, actor=ana)[0].number
    assert Order.objects.get(number=number).qty_backordered == 1, "placed while others wait, it sees nothing"
    assert left_lying() == ["LAMP"]
    assert [(row.free, row.at_desk) for row in rows()[0]] == [(3, 2)], "no decision is needed for the one in Delhi"
    promise_stock()
    late = Order.objects.get(number=number)
    assert (late.qty_reserved, late.scarce_sku, left_lying()) == (1, "", []), "and is served by the next look"
    assert stock_of("LAMP") == Stock(on_hand=2)


def test_places_that_somebody_may_be_sent_from_are_one_shelf():
    def at_desk(*asks_: Ask, free: dict[int, int], only: tuple[int, ...] = ()) -> frozenset[int]:
        return undecided(replace(picture(*asks_, free=free), product=Product(is_rationed=True, rationed_at=list(only))))

    one, two, both = ask(1, 4, places=(1,)), ask(2, 4, places=(2,)), ask(3, 4)
    assert at_desk(one, two, free={1: 3, 2: 4}) == {1}
    assert at_desk(one, two, both, free={1: 3, 2: 9}) == {1, 2}, "what the second sends, the first need not"
    assert at_desk(one, two, both, free={1: 3, 2: 9}, only=(2,)) == set(), "who may wait at 2 has enough there"
    assert at_desk(one, both, free={1: 3, 2: 1}, only=(2,)) == {2}
    assert at_desk(one, two, free={1: 4, 2: 4}) == set()


def test_an_order_behind_the_desk_s_first_page_waits_for_it_too(house, ana, olga, monkeypatch):
    monkeypatch.setattr("orders.sharing.picture.MOST", 1)
    ration("LAMP", on=True, actor=olga)
    orders = [waits(40, ana) for _ in range(3)]
    lamps(60)
    assert [again(o).scarce_sku for o in orders] == ["LAMP"] * 3


def test_stored_answers_are_derived_anew_in_batches_and_only_where_they_differ(house, ana, capsys):
    orders = [waits(1, ana) for _ in range(3)]
    before = [again(o).version for o in orders]
    Order.objects.filter(pk=orders[1].pk).update(next_text="As it was said last year")
    assert "orders.answer" not in sick()
    call_command("refresh_answers", "--batch", "2")
    assert "2 orders looked at, 1 changed; --after" in capsys.readouterr().out
    assert [again(o).version - was for o, was in zip(orders, before, strict=True)] == [0, 1, 0]
    assert again(orders[1]).next_text == "Receive stock for 1 unit"
    call_command("refresh_answers", "--after", str(orders[1].pk))
    assert "1 order looked at, 0 changed" in capsys.readouterr().out


def test_doctor_names_a_decision_that_gave_too_much_or_that_an_order_does_not_tell(shop, ana):
    order = waits(4, ana)
    facts = {"product": Product.objects.get(sku="LAMP"), "rule": "oldest", "reason": "x", "actor_name": "x"}
    ShareDecision.objects.create(number="FS-1", pool=3, rows=[[order.number, 1, 4, 4, 4]], **facts)
    ShareDecision.objects.create(number="FS-2", pool=3, rows=[[order.number, 1, 4, 0, 3]], **facts)
    assert [f.subject for f in run_all()["orders.shared"]] == ["FS-1", "FS-2"]
