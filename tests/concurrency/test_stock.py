"""Stock under simultaneous hands: forms sent twice, two people at one level, and lock order, each with its control."""

import pytest
from django.db import OperationalError, transaction
from django.test import Client

import orders.actions.capture as capture
import orders.actions.confirm as confirm
from inventory.actions import adjust
from inventory.ledger import free
from inventory.models import Allocation, Backorder, StockLevel, StockMovement
from inventory.views import card
from oms.kernel.db import sqlstate
from oms.ops.doctor.registry import run_all
from orders.actions.capture import capture_orders
from orders.actions.confirm import confirm_order
from orders.actions.progress import report_quantities
from orders.channels.draft import Past
from orders.locks import lock_order
from orders.models import Channel
from tests.conftest import make_shop, person
from tests.inventory.test_pages import filled, url
from tests.stories import draft, placed, stock_of
from tests.together import Meeting, at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(person(name, "warehouse"))
    return client


def sound() -> bool:
    return not any(rows for code, rows in run_all().items() if code.startswith(("stock", "orders")))


FORMS = {
    "receive": {"qty": "3"},
    "count": {"counted": "7", "reason": "Count"},
    "transfer": {"target": "delhi", "qty": "3", "reason": "Nearer"},
    "quarantine": {"qty": "3", "disposition": "damage", "reason": "Cracked"},
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_sent_twice_at_once_posts_once(name):
    posted, answers = sent_twice(name, same_key=True)
    assert posted == (2 if name == "transfer" else 1)
    assert answers == [302, 302]
    assert sound()


@pytest.mark.parametrize("name", ["receive", "transfer", "quarantine"])
def test_with_two_keys_the_same_form_posts_twice(name):
    """Negative control: it is the key that makes the second one a repetition."""
    posted, _ = sent_twice(name, same_key=False)
    assert posted == (4 if name == "transfer" else 2)
    assert sound()


def sent_twice(name: str, *, same_key: bool) -> tuple[int, list[int]]:
    make_shop()
    bo = signed_in("bo")
    pune = StockLevel.objects.get(product__sku="MUG", location__code="pune")
    adjust.quarantine_return(pune.product_id, pune.location_id, 6, source="RMA", actor="system")
    data = filled(bo, name, **FORMS[name])
    other = data if same_key else filled(bo, name, **FORMS[name])
    before = StockMovement.objects.count()
    answers = at_once(*(lambda d=d: bo.post(url(name), d).status_code for d in (data, other)))
    return StockMovement.objects.count() - before, answers


def test_two_people_counting_one_level_at_once_lose_nothing():
    make_shop()
    people = [signed_in("bo"), signed_in("bea")]
    forms = [filled(p, "count", counted=n, reason="Count") for p, n in zip(people, ("7", "8"), strict=True)]
    answers = at_once(
        *(lambda p=p, f=f: p.post(url("count"), f).status_code for p, f in zip(people, forms, strict=True))
    )
    assert sorted(answers) == [302, 422], "the second is told that the figure moved, and counts again"
    assert stock_of("MUG").on_hand in (7, 8)
    assert StockMovement.objects.filter(kind="adjustment").count() == 1
    assert sound()


def test_without_the_figure_seen_the_second_count_overrules_the_first(monkeypatch):
    """Negative control: both counts are taken, and the first person is never told."""
    monkeypatch.setattr(card.forms.CountForm, "seen_there", lambda form: None)
    make_shop()
    people = [signed_in("bo"), signed_in("bea")]
    forms = [filled(p, "count", counted=n, reason="Count") for p, n in zip(people, ("7", "8"), strict=True)]
    answers = at_once(
        *(lambda p=p, f=f: p.post(url("count"), f).status_code for p, f in zip(people, forms, strict=True))
    )
    assert answers == [302, 302]
    assert StockMovement.objects.filter(kind="adjustment").count() == 2


def test_eight_people_receiving_and_moving_one_sku_at_once_lose_nothing():
    make_shop()
    people = [signed_in(f"bo{n}") for n in range(8)]
    jobs = []
    for n, p in enumerate(people):
        here, there = ("pune", "delhi") if n % 2 else ("delhi", "pune")
        moved = filled(p, "transfer", location=here, target=there, qty="1", reason="Swap")
        got = filled(p, "receive", location=here, qty="2")
        jobs.append(
            lambda p=p, m=moved, g=got: (p.post(url("transfer"), m).status_code, p.post(url("receive"), g).status_code)
        )
    assert at_once(*jobs) == [(302, 302)] * 8
    assert (stock_of("MUG").on_hand, stock_of("MUG", "delhi").on_hand) == (18, 13)
    assert sound()


def crossing(hold) -> list[str]:
    """Two orders confirmed at once: each has one SKU promised and the other lapsed, crosswise."""
    make_shop()
    promised = {}
    for kept, lapsed in (("MUG", "KETTLE"), ("KETTLE", "MUG")):
        order = placed(("MUG", 1), ("KETTLE", 1))
        line = order.lines.get(sku=lapsed)
        with transaction.atomic():
            report_quantities(lock_order(order.number), {line.pk: {"reserved": -1}})
            free(list(Allocation.objects.filter(line_id=line.pk).values_list("pk", "qty")))
        promised[order.number] = kept

    def run(number: str) -> str:
        try:
            hold(number)
            return "done"
        except OperationalError as error:
            return sqlstate(error)

    return at_once(*(lambda n=n: run(n) for n in promised))


@pytest.mark.usefixtures("patient_locks")
def test_confirming_two_orders_crosswise_never_deadlocks(monkeypatch):
    assert crossing(meet_after_promoting(monkeypatch)) == ["done", "done"]
    assert not Backorder.objects.exists()
    assert sound()


@pytest.mark.usefixtures(
    "patient_locks"
)  # the deadlock is found after a second, whoever waits first; nobody gives up before
def test_without_the_common_lock_order_it_deadlocks(monkeypatch):
    """Negative control: the same two orders with the rows locked statement by statement."""
    monkeypatch.setattr(confirm, "lock_for_hardening", lambda wanted: None)
    assert sorted(crossing(meet_after_promoting(monkeypatch))) == ["40P01", "done"]


def meet_after_promoting(monkeypatch):
    """Confirm as usual, but wait until the other one has promoted too, or stands before our rows, as it should."""
    meet, promote = Meeting(2), confirm.promote

    def promote_and_wait(number):
        done = promote(number)
        meet.attend()
        return done

    monkeypatch.setattr(confirm, "promote", promote_and_wait)
    return lambda number: confirm_order(number, actor="system")


def importing_crosswise(monkeypatch) -> list[str]:
    """Two files with a new order and one already worked on elsewhere, of the same two SKUs the other way round; both have
    reserved for the new one, or one stands before the other's rows, as it should."""
    make_shop()
    channel, meet, real = Channel.objects.get(code="web"), Meeting(2), capture.reserve_orders

    def reserve_and_wait(wanted, *, kind, **more):
        got = real(wanted, kind=kind, **more)
        if kind == "soft":
            meet.attend()
        return got

    monkeypatch.setattr(capture, "reserve_orders", reserve_and_wait)

    def take_in(new: str, old: str, phone: str) -> str:
        who = {"email": f"{new}@example.test", "phone": phone}  # orders of one buyer would wait for each other
        files = [draft((new, 1), **who), draft((old, 1), past=Past("processing"), **who)]
        try:
            capture_orders(files, channel=channel, actor="import")
            return "done"
        except OperationalError as error:
            return sqlstate(error)

    return at_once(
        lambda: take_in("MUG", "KETTLE", "+91 90000 11111"), lambda: take_in("KETTLE", "MUG", "+91 90000 22222")
    )


@pytest.mark.usefixtures("patient_locks")
def test_importing_new_and_begun_orders_crosswise_never_deadlocks(monkeypatch):
    assert importing_crosswise(monkeypatch) == ["done", "done"]
    assert sorted(StockLevel.objects.filter(reserved=1, allocated=1).values_list("product__sku", flat=True)) == [
        "KETTLE", "MUG",
    ]  # fmt: skip
    assert sound()


@pytest.mark.usefixtures("patient_locks")
def test_negative_control_claimed_group_by_group_it_deadlocks(monkeypatch):
    monkeypatch.setattr(capture, "lock_wanted", lambda wanted: None)
    assert sorted(importing_crosswise(monkeypatch)) == ["40P01", "done"]
