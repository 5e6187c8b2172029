"""A person holds units at a place: the promise stands there, says who chose, and nobody but a person moves it."""

import pytest

from fulfilment.actions.reject import reject_work
from fulfilment.models import FulfilmentOrder
from inventory.actions.adjust import receive_stock
from inventory.decisions import why_here
from inventory.models import Allocation, Location
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.amend import draft_amendment
from orders.actions.amend_apply import apply_amendment
from orders.actions.confirm import confirm_order
from orders.actions.hold_at import hold_at, let_rules_decide
from orders.actions.release import release_order
from orders.actions.split import split_order
from orders.amending.change import Change
from orders.models import ChangeKind, Order, PlaceChoice
from orders.sharing.desk import rows
from orders.sharing.picture import picture_of
from tests.inventory.kits import SET, tea_set
from tests.orders.addresses.places import DELHI
from tests.orders.desk import desk, typed
from tests.stories import again, placed, said


def lies(order: Order) -> dict[tuple[str, str], int]:
    """{(place, kind): units} promised to the order."""
    rows = Allocation.objects.filter(order_number=order.number)
    return {(code, kind): qty for code, kind, qty in rows.values_list("location__code", "kind", "qty")}


def test_the_promise_moves_there_hardens_there_and_says_who_chose(shop, ana):
    order = placed(("MUG", 3), paid="300.00")
    until = Allocation.objects.get(order_number=order.number).expires_at
    assert lies(order) == {("pune", "soft"): 3}
    hold_at(order.number, place="delhi", actor=ana, reason="She collects it there")
    assert lies(order) == {("delhi", "soft"): 3}
    assert Allocation.objects.get(order_number=order.number).expires_at == until, "no time is won by it"
    now = why_here(order.number, {})[0]
    assert (now.by_hand, now.occasion, now.reason) == (True, "Chosen by a person", "held at Delhi, as Ana chose")
    confirm_order(order.number, actor=ana)
    assert lies(again(order)) == {("delhi", "hard"): 3}
    assert "orders.place_chosen" in said(order)
    with pytest.raises(Refused, match="works on"):
        hold_at(order.number, place="pune", actor=ana)
    assert run_all(["stock.promises", "routing.decisions"]) == {"stock.promises": [], "routing.decisions": []}


def test_a_place_that_lacks_some_or_may_not_send_is_refused_and_nothing_moves(shop, ana):
    order = placed(("MUG", 6))
    Location.objects.create(code="goa", name="Goa")
    shop.location_codes = ["pune", "delhi"]
    shop.save()
    for place, says in (
        ("delhi", "has free only 5 of MUG, and 6 are wanted"),
        ("goa", "does not send"),
        ("none", "Choose one"),
    ):
        with pytest.raises(Refused, match=says):
            hold_at(order.number, place=place, actor=ana)
    assert lies(order) == {("pune", "soft"): 6}
    assert not PlaceChoice.objects.exists()
    with pytest.raises(Refused, match="decide already"):
        let_rules_decide(order.number, actor=ana)


def test_a_place_that_refuses_gives_it_to_nobody_until_a_person_says_so(shop, ana, bo):
    order = placed(("MUG", 2), paid="200.00")
    hold_at(order.number, place="delhi", actor=ana)
    confirm_order(order.number, actor=ana)
    release_order(order.number, actor=ana)
    reject_work(FulfilmentOrder.objects.get(order=order).number, reason="Shelf is empty", actor=bo)
    assert lies(again(order)) == {}, "Pune has ten, and was not chosen"
    receive_stock("MUG", location="pune", qty=4, source="van", actor=bo)
    deliver_due()
    assert again(order).qty_backordered == 2
    (row,), _ = rows()
    assert (row.waiting, row.free, row.orders) == (2, 0, 1), "the desk has nothing to give it either"
    assert picture_of(row.product).asks[0].places == ()
    let_rules_decide(order.number, actor=ana)
    assert lies(order) == {("pune", "hard"): 2}
    assert FulfilmentOrder.objects.filter(order=order, location__code="pune").exists()


def test_a_kit_and_a_single_line_move_and_go_back_to_the_rules(shop, ana):
    tea_set()
    receive_stock("KETTLE", location="delhi", qty=1, source="van", actor=ana)
    order = placed((SET, 1), ("MUG", 2))
    kit = order.lines.get(position=1)
    hold_at(order.number, place="delhi", actor=ana, lines=[kit.pk])
    assert lies(order) == {("delhi", "soft"): 1, ("pune", "soft"): 2}
    let_rules_decide(order.number, actor=ana)
    assert set(lies(order)) == {("pune", "soft")}
    assert run_all(["stock.promises"]) == {"stock.promises": []}


def test_from_the_page_and_the_new_order_form(shop, ana, bo, client):
    client.force_login(ana)
    order = placed(("MUG", 2))
    page = f"/orders/{order.number}/place/"
    assert "5 free" in client.get(page).content.decode()
    assert page in client.get(order.get_absolute_url()).content.decode()
    client.post(page, {"place": "delhi", "reason": "Collects"})
    assert lies(order) == {("delhi", "soft"): 2}
    assert "Chosen by Ana" in client.get(order.get_absolute_url()).content.decode()
    assert client.post(page, {"place": "nowhere"}).status_code == 422
    client.post(page, {"place": ""})
    assert lies(order) == {("pune", "soft"): 2}
    desk()
    client.post("/orders/new/", typed(("MUG", 2), terms__place="delhi"))
    made = Order.objects.latest("pk")
    assert lies(made) == {("delhi", "soft"): 2}
    answer = client.post("/orders/new/", typed(("MUG", 4), terms__place="delhi"))
    assert answer.status_code == 422
    assert "has free only 3 of MUG, and 4 are wanted" in answer.content.decode()
    assert Order.objects.latest("pk") == made, "placed there or not at all"
    each = {"line-0-at": "delhi", "line-1-at": "", "terms-place": "pune"}
    client.post("/orders/new/", typed(("MUG", 1), ("MUG", 3), **each))
    mixed = Order.objects.latest("pk")
    assert lies(mixed) == {("delhi", "soft"): 1, ("pune", "soft"): 3}, "a line's own place goes before the order's"
    assert "orders.place_chosen" in said(mixed)
    answer = client.post("/orders/new/", typed(("MUG", 9), ("KETTLE", 11), **each))
    at, place = answer.context["lines"][0].errors["at"], answer.context["terms"].errors["place"]
    assert (at, place) == (
        ["Delhi has free only 2 of MUG, and 9 are wanted."], ["Pune has free only 10 of KETTLE, and 11 are wanted."]
    )  # fmt: skip
    again_typed = client.post("/orders/new/", typed(("MUG", 1), press="add_line", **each)).content.decode()
    assert 'value="delhi" selected' in again_typed, "no button loses it"
    client.force_login(bo)
    assert client.get(page).status_code == 403


def test_units_split_off_stay_held_at_the_chosen_place(shop, ana):
    order = placed(("MUG", 4))
    hold_at(order.number, place="delhi", actor=ana)
    line = order.lines.get()
    _, new = split_order(order.number, quantities={line.pk: 1}, reason="Two parcels", actor=ana)
    assert (lies(order), lies(new)) == ({("delhi", "soft"): 3}, {("delhi", "soft"): 1})
    assert PlaceChoice.objects.get(line__order=new).location.code == "delhi"


def test_units_sent_to_another_address_stay_held_at_the_chosen_place(shop, ana, bo):
    """Also when the place sends its work back: then both lines wait for it, and Pune's mugs are for others."""
    order = placed(("MUG", 3), paid="300.00")
    hold_at(order.number, place="delhi", actor=ana)
    line = order.lines.get()
    change = Change(ChangeKind.SHIP_TO, line_id=line.pk, qty=1, address={k: v for k, v in DELHI.__dict__.items() if v})
    document = draft_amendment(order.number, [change], reason="Her sister gets one", actor=ana)
    apply_amendment(document.number, seen=again(order).version, actor=ana)
    new = order.lines.exclude(pk=line.pk).get()
    assert PlaceChoice.objects.get(line=new).location.code == "delhi"
    assert set(Allocation.objects.values_list("line_id", "location__code", "qty")) == {
        (line.pk, "delhi", 2),
        (new.pk, "delhi", 1),
    }
    confirm_order(order.number, actor=ana)
    release_order(order.number, actor=ana)
    for fo in FulfilmentOrder.objects.filter(order=order):
        reject_work(fo.number, reason="Shelf is empty", actor=bo)
    assert lies(order) == {}
    hold_at(order.number, place="pune", actor=ana, lines=[new.pk])
    assert lies(order) == {("pune", "hard"): 1}, "the other line still waits for Delhi"
    assert again(order).qty_backordered == 2
    with pytest.raises(Refused, match="Delhi sent work of .* back"):
        hold_at(order.number, place="delhi", actor=ana)
