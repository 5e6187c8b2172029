"""Blanket orders (CU-09): released at the agreed price, never beyond what is open; a cancelled release gives back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from inventory.models import Product
from oms.kernel.clock import business_date
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.amend_apply import apply_amendment
from orders.actions.blanket_keep import change_blanket, close_blanket, reopen_blanket
from orders.actions.blanket_release import release_blanket
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.merge import merge_orders
from orders.actions.undo import undo_step
from orders.models import BlanketOrder, Hold, Order
from orders.standing.agreed import agreed_lines
from orders.undoing import open_steps
from tests.orders.amending.steps import drafted, qty
from tests.orders.desk import desk, signed_in
from tests.orders.pricing.test_lists import price_list
from tests.orders.splitting_steps import part_off
from tests.orders.standing.steps import agreement, blanket, buyer, pk, released
from tests.stories import placed

pytestmark = pytest.mark.django_db


def open_of(made: BlanketOrder) -> dict[str, int]:
    return {a.line.product.sku: a.open for a in agreed_lines(made)}


def test_a_release_is_an_order_at_the_agreed_price_that_lowers_what_is_open(shop, ana):
    made = blanket(("MUG", 10, "80"), ("KETTLE", 4, "50.5"))
    price_list("zoya", ("MUG", 1, "95"), customer=made.customer)
    order = released(made, ana, MUG=3, KETTLE=1)
    assert [(x.sku, x.qty_ordered, x.unit_price) for x in order.lines.order_by("position")] == [
        ("MUG", 3, 80), ("KETTLE", 1, Decimal("50.5")),
    ]  # fmt: skip
    assert (order.customer, order.customer_po, order.total) == (made.customer, "PO-77", Decimal("290.50"))
    assert open_of(made) == {"MUG": 7, "KETTLE": 3}
    assert not Hold.objects.filter(order=order, rule="price").exists(), "the agreement is the list"


def test_more_than_is_open_is_refused_whole(shop, ana):
    made = blanket(("MUG", 5, "80"), ("KETTLE", 5, "80"))
    released(made, ana, MUG=4)
    with pytest.raises(Refused, match="MUG: 1 of 5 are open, not 2"):
        released(made, ana, MUG=2, KETTLE=1)
    with pytest.raises(Refused, match="not part of"):
        release_blanket(made.number, {Product.objects.get(sku="LAMP").pk: 1}, key="x", actor=ana)
    with pytest.raises(Refused, match="how many units"):
        release_blanket(made.number, {}, key="x", actor=ana)
    assert Order.objects.count() == 1


def test_the_same_press_twice_makes_one_release(shop, ana):
    made = blanket(("MUG", 5, "80"))
    first = release_blanket(made.number, {pk("MUG"): 2}, key="one", actor=ana)
    assert release_blanket(made.number, {pk("MUG"): 2}, key="one", actor=ana) == first
    assert open_of(made) == {"MUG": 3}


def test_a_cancelled_release_gives_its_units_back_and_a_part_its_part(shop, ana, cy):
    made = blanket(("MUG", 5, "80"))
    order, other = released(made, ana, MUG=3), released(made, ana, MUG=2)
    assert open_of(made) == {"MUG": 0}
    cancel_order(order.number, reason="other", actor=ana)
    assert open_of(made) == {"MUG": 3}
    cancel_remainder(other.number, quantities={other.lines.get().pk: 1}, reason="other", actor=cy)
    assert open_of(made) == {"MUG": 4}


def test_a_split_release_stays_with_its_agreement_and_merges_only_within_it(shop, ana):
    made, other = blanket(("MUG", 6, "80")), blanket(("MUG", 6, "80"))
    order = released(made, ana, MUG=4)
    order.extra |= {"recurring": "RO-1"}
    order.save(update_fields=["extra"])
    kept, part = part_off(order, ("MUG", 1), actor=ana)
    assert part.extra == {"blanket": made.number, "split_from": order.number}
    assert open_of(made) == {"MUG": 2}

    theirs, plain = released(other, ana, MUG=1), placed(("MUG", 1), email="zoya@example.test")
    for stranger, words in ((theirs, f"released from {other.number}"), (plain, "from no blanket order")):
        with pytest.raises(Refused, match=words):
            merge_orders(kept.number, other=stranger.number, reason="Twice", actor=ana)
    merge_orders(kept.number, other=part.number, reason="Together again", actor=ana)
    assert (open_of(made), open_of(other)) == ({"MUG": 2}, {"MUG": 5})


def test_an_undone_cancellation_may_not_take_what_was_released_since(shop, ana):
    made = blanket(("MUG", 5, "80"))
    order = released(made, ana, MUG=3)
    cancel_order(order.number, reason="other", actor=ana)
    step = open_steps(_events(order))[0]
    second = released(made, ana, MUG=4)
    with pytest.raises(Refused, match="5 are agreed"):
        undo_step(order.number, seq=step.seq, actor=ana)
    cancel_order(second.number, reason="other", actor=ana)
    undo_step(order.number, seq=step.seq, actor=ana)
    assert open_of(made) == {"MUG": 2}


def _events(order: Order):
    from oms.events.models import Event

    return Event.objects.filter(stream=order.number).order_by("-seq")


def test_an_amendment_of_a_release_may_not_go_beyond_either(shop, ana):
    made = blanket(("MUG", 5, "80"))
    order = released(made, ana, MUG=3)
    with pytest.raises(Refused, match="this would make it 6"):
        apply_amendment(drafted(order, qty(order, 6), actor=ana).number, seen=order.version, actor=ana)
    order.refresh_from_db()
    apply_amendment(drafted(order, qty(order, 5), actor=ana).number, seen=order.version, actor=ana)
    assert open_of(made) == {"MUG": 0}


def test_outside_its_days_and_closed_nothing_is_released(shop, ana):
    today = business_date()
    early = blanket(starts_on=today + timedelta(days=1), ends_on=today + timedelta(days=9))
    late = blanket(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    for made, why in ((early, "holds from"), (late, "ended on")):
        with pytest.raises(Refused, match=why):
            released(made, ana, MUG=1)
    made = blanket()
    close_blanket(made.number, actor=ana)
    with pytest.raises(Refused, match="is closed; open it again"):
        released(made, ana, MUG=1)
    reopen_blanket(made.number, actor=ana)
    released(made, ana, MUG=1)


def test_a_change_keeps_what_is_released_and_refuses_an_older_sight(shop, ana):
    made = blanket(("MUG", 5, "80"))
    order = released(made, ana, MUG=3)
    with pytest.raises(Refused, match="3 are released already"):
        change_blanket(made.number, agreement(("MUG", 2, "70")), seen=1, actor=ana)
    change_blanket(made.number, agreement(("MUG", 8, "70")), seen=1, actor=ana)
    with pytest.raises(Refused, match="was changed meanwhile"):
        change_blanket(made.number, agreement(("MUG", 9, "70")), seen=1, actor=ana)
    assert order.lines.get().unit_price == 80
    assert released(made, ana, MUG=5).lines.get().unit_price == 70


def test_doctor_names_an_agreement_released_beyond(shop, ana):
    made = blanket(("MUG", 5, "80"))
    released(made, ana, MUG=5)
    assert list(CHECKS["blanket.within"].run()) == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_blanketline SET qty = 4")
    assert [f.subject for f in CHECKS["blanket.within"].run()] == [made.number]


def typed(**changes: str) -> dict[str, str]:
    today = business_date()
    data = {
        "terms-channel": "desk", "terms-payment_terms": "credit", "terms-customer_po": "PO-5", "terms-starts_on": today.isoformat(),
        "terms-ends_on": (today + timedelta(days=90)).isoformat(), "ship-line1": "12 Example Road", "ship-city": "Mumbai",
        "ship-postal_code": "400001", "ship-country": "IN", "line_count": "2", "line-0-sku": "mug", "line-0-qty": "20",
        "line-0-price": "81.25", "line-1-sku": "", "line-1-qty": "", "line-1-price": "",
    }  # fmt: skip
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


def test_from_the_form_to_a_release_in_the_browser(shop, ana):
    desk()
    client, customer = signed_in(ana), buyer()
    assert "New blanket order" in client.get("/standing/blanket/new/?q=zoya").content.decode()
    url = f"/standing/blanket/new/?customer={customer.pk}"
    for changes, said_ in (
        ({"line__0__price": ""}, "What is one unit agreed at?"), ({"terms__ends_on": "2001-01-01"}, "lies before the first"),
        ({"line__0__sku": "NOPE"}, "There is no product"),
    ):  # fmt: skip
        answer = client.post(url, typed(**changes))
        assert (answer.status_code, said_ in answer.content.decode()) == (422, True)
    client.post(url, typed())
    made = BlanketOrder.objects.get()
    page = client.get(made.get_absolute_url()).content.decode()
    assert "20 units open, ₹1,625.00" in page
    form = {"key": "0" * 32, f"units-{pk('MUG')}-qty": "8", "ship-line1": "1 Dock Road", "ship-city": "Pune",
            "ship-postal_code": "411001", "ship-country": "IN", "head-promised_on": "", "head-note": ""}  # fmt: skip
    release = made.get_absolute_url() + "release/"
    assert "20 are open" in client.post(release, form | {f"units-{pk('MUG')}-qty": "21"}).content.decode()
    answer = client.post(release, form)
    order = Order.objects.get()
    assert answer["Location"] == order.get_absolute_url()
    assert client.post(release, form)["Location"] == order.get_absolute_url()
    assert (order.ship_city, Order.objects.count()) == ("Pune", 1)
    assert made.number in client.get(order.get_absolute_url()).content.decode()
    assert order.number in client.get(made.get_absolute_url()).content.decode()
    assert "<b>12</b> of 20 units" in client.get("/standing/blanket/").content.decode()
    client.post(made.get_absolute_url() + "moves/", {"move": "close"})
    assert "Open it again" in client.get(made.get_absolute_url()).content.decode()


def test_an_edit_of_two_people_is_not_overwritten(shop, ana):
    desk()
    client, made = signed_in(ana), blanket(("MUG", 5, "80"))
    url = made.get_absolute_url() + "edit/"
    assert 'value="80.00"' in client.get(url).content.decode()
    assert client.post(url, typed() | {"seen": "1"}).status_code == 302
    assert "was changed meanwhile" in client.post(url, typed() | {"seen": "1"}).content.decode()
