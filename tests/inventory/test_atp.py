"""Available to promise against tables worked out by hand, and the order suggestions with their arithmetic."""

from datetime import date

import pytest
from django.urls import reverse

from inventory.actions.adjust import receive_stock
from inventory.actions.buffer import keep_back
from inventory.actions.purchases.supplier import keep_items
from inventory.actions.safety import set_safety_stock
from inventory.atp import Position, position
from inventory.models import Backorder, Location, Product, PurchaseOrder
from inventory.promising import Coming
from inventory.reordering import Need, suggestions
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from orders.actions.allocate import serve_waiting
from orders.actions.confirm import confirm_order
from tests.fulfilment.steps import sick
from tests.inventory.buying import sent, supplier
from tests.stories import placed

TODAY = date(2026, 12, 1)
COMES = (
    Coming("PO-0", 1, 1, 9, date(2026, 11, 28)),  # overdue: on no day
    Coming("PO-1", 1, 1, 5, date(2026, 12, 3)),
    Coming("PO-2", 1, 1, 20, date(2026, 12, 9)),
)
# available, safety, back-ordered -> on 1, 2, 3, 8, 9 and 31 December
BY_HAND = [
    ((10, 0, 0), (10, 10, 15, 15, 35, 35)),
    ((10, 4, 0), (6, 6, 11, 11, 31, 31)),
    ((0, 0, 7), (-7, -7, -2, -2, 18, 18)),
    ((3, 5, 2), (-4, -4, 1, 1, 21, 21)),
]


@pytest.mark.parametrize("facts, expected", BY_HAND)
def test_the_table_worked_out_by_hand(facts, expected):
    seen = Position(*facts, COMES, TODAY)
    assert tuple(seen.on(date(2026, 12, day)) for day in (1, 2, 3, 8, 9, 31)) == expected
    assert seen.overdue == 9
    assert [qty for _, qty in seen.curve(2)] == list(expected[:3])


def test_the_first_day_on_which_so_many_can_be_promised():
    seen = Position(3, 5, 2, COMES, TODAY)
    assert [seen.first_day(n) for n in (1, 2, 21, 22)] == [
        date(2026, 12, 3),
        date(2026, 12, 9),
        date(2026, 12, 9),
        None,
    ]


def test_a_channel_sees_its_own_places_its_buffer_and_the_whole_queue(shop, bo):
    pune = Location.objects.get(code="pune").pk
    mug = Product.objects.get(sku="MUG").pk
    placed(("MUG", 20))  # 15 there are: 5 wait
    receive_stock("MUG", location="delhi", qty=8, source="x", actor=bo)  # nobody is served before the relay runs
    sent(("MUG", 6, 3), actor=bo)
    keep_back("MUG", channel="web", qty=2, actor=bo)
    everywhere, here = position(mug), position(mug, location_ids=[pune], channel="web")
    last = business_date().replace(year=business_date().year + 1)
    assert (everywhere.on(everywhere.today), everywhere.on(last)) == (3, 9)
    assert (here.on(here.today), here.on(last)) == (0 - 2 - 5, 0 - 2 + 6 - 5)
    with pytest.raises(Refused, match="0 to"):
        keep_back("MUG", channel="web", qty=-1, actor=bo)


# available, incoming, waiting, safety, sold in 28 days, lead days, pack -> to order
ORDERED = [
    ((10, 0, 0, 5, 0, 7, 1), 0),
    ((4, 0, 0, 5, 0, 7, 1), 1),
    ((4, 6, 0, 5, 0, 7, 1), 0),  # on order already
    ((4, 6, 6, 5, 0, 7, 1), 1),  # but orders wait for it
    ((0, 0, 0, 0, 28, 7, 1), 21),  # one a day: 7 days of lead and 14 to last
    ((0, 0, 0, 0, 28, 7, 6), 24),  # in whole packs
    ((6, 0, 0, 0, 28, 7, 1), 15),
    ((7, 0, 0, 0, 28, 7, 1), 0),
    ((0, 0, 0, 0, 0, 7, 1), 0),
]


@pytest.mark.parametrize("facts, qty", ORDERED)
def test_what_to_order_worked_out_by_hand(facts, qty):
    assert Need(*facts).qty == qty


def test_a_suggestion_explains_itself():
    assert Need(4, 6, 6, 5, 28, 7, 6).why == (
        "4 available + 6 on order − 6 that orders wait for = 4, below 12; wanted 26: 5 safety stock + 7 for 7 days of lead time "
        "+ 14 for 14 days after (28 went in 28 days), in packs of 6"
    )
    assert Need(4, 6, 6, 5, 28, 7, 6).qty == 24, "26 less the 4, in packs of 6"
    assert Need(0, 0, 0, 8, 0, 7, 1).why == "0 available, below 8; wanted 8: 8 safety stock"
    assert Need(0, 0, 4, 0, 0, 7, 1).why == "0 available − 4 that orders wait for = −4: no more than orders wait for"


def test_a_click_drafts_the_order_and_once_sent_nothing_is_suggested(shop, client, bo):
    keep_items(supplier(), [("LAMP", "A-1", 40, 6)])
    placed(("LAMP", 4))
    set_safety_stock("LAMP", location="pune", qty=3, actor=bo)
    client.force_login(bo)
    page = client.get(reverse("purchases:suggestions")).content.decode()
    assert "0 available − 4 that orders wait for = −4, below 3; wanted 3: 3 safety stock, in packs of 6" in page
    (found,) = suggestions(["pune", "delhi"])
    answer = client.post(reverse("purchases:suggestions"), {"group": "acme:pune", "row": found.key}, follow=True)
    assert "is drafted" in answer.content.decode()
    purchase = PurchaseOrder.objects.get()
    assert [(x.product.sku, x.qty, x.unit_cost) for x in purchase.lines.all()] == [("LAMP", 12, 40)]
    client.post(reverse("purchases:sending", args=[purchase.number]))
    assert suggestions(["pune", "delhi"]) == []
    answer = client.post(reverse("purchases:suggestions"), {"group": "acme:pune", "row": found.key}, follow=True)
    assert "Nothing of that has to be ordered" in answer.content.decode()


def test_the_card_and_the_channel_page_show_the_curve(shop, client, bo, ana):
    purchase = sent(("MUG", 6, 3), actor=bo)
    mug = Product.objects.get(sku="MUG").pk
    client.force_login(bo)
    card = client.get(reverse("inventory:product", args=[mug])).content.decode()
    assert purchase.number in card
    assert "Available to promise" in card
    answer = client.post(reverse("orders:atp", args=[mug]), {"channel": "web", "qty": "4"}, follow=True)
    assert "never sells the last 4 of MUG" in answer.content.decode()
    assert answer.context["rows"][0]["on"] == [11, 17, 17, 17]
    client.force_login(ana)
    assert client.post(reverse("orders:atp", args=[mug]), {"channel": "web", "qty": "1"}).status_code == 403


def test_a_channel_never_promises_the_last_units_kept_back_from_it(shop, ana):
    """15 mugs, 10 in Pune and 5 in Delhi; the website leaves six of them, and says so by queueing."""
    keep_back("MUG", channel="web", qty=6, actor="system")
    assert placed(("MUG", 8)).qty_backordered == 0
    second = placed(("MUG", 4))
    assert (second.qty_reserved, second.qty_backordered) == (1, 3)
    confirm_order(second.number, actor=ana)
    serve_waiting("MUG", actor="system")
    assert Backorder.objects.get().qty == 3, "nobody is served from what is kept back"
    keep_back("MUG", channel="web", qty=0, actor="system")
    serve_waiting("MUG", actor="system")
    assert not Backorder.objects.exists()
    assert sick() == {}
