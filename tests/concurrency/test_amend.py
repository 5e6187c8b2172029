"""Two changes of one order, and a change against the packing of what it takes away, in the same instant."""

import pytest

import orders.actions.amend_apply as applying
from fulfilment.actions.pack import finish_pack, scan
from oms.kernel.errors import Refused
from orders.actions.amend_apply import apply_amendment
from orders.locks import lock_amendment
from orders.models import Amendment, Order
from tests.concurrency.overlap import one_inside_the_other
from tests.conftest import make_shop, person
from tests.fulfilment.steps import picked, released, sick
from tests.orders.amending.steps import drafted, qty
from tests.stories import again, placed

pytestmark = [
    pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient_locks"),
]  # fmt: skip


def two_changes() -> tuple[list, Order]:
    """Two people apply what they wrote on the same version, the second before the first has committed."""
    make_shop()
    ana = person("ana", "sales")
    order = placed(("MUG", 4))
    version = again(order).version
    papers = [drafted(order, qty(order, units), actor=ana).number for units in (6, 5)]
    runs = [lambda number=number: apply_amendment(number, seen=version, actor=ana) for number in papers]
    return one_inside_the_other(*runs), order


def test_the_second_of_two_changes_is_told_that_the_order_moved():
    (first, second), order = two_changes()
    assert first.status == "applied"
    assert isinstance(second, Refused)
    assert second.code == "order_moved"
    assert (again(order).qty_ordered, again(order).qty_reserved) == (6, 6)
    assert sick() == {}


def unlocked(number: str) -> tuple[Order, Amendment]:
    document = Amendment.objects.select_related("order").get(number=number)
    return document.order, document


def test_without_the_lock_nobody_notices(monkeypatch):
    """Negative control: the version is read before the first commits, so the second is not told."""
    assert applying.lock_amendment is lock_amendment
    monkeypatch.setattr(applying, "lock_amendment", unlocked)
    (_, second), _ = two_changes()
    assert not isinstance(second, Refused) or second.code != "order_moved"


def test_a_unit_packed_meanwhile_stays_on_the_order():
    make_shop()
    ana, bo = person("ana", "sales"), person("bo", "warehouse")
    order = released(ana, ("MUG", 2))
    fo = picked(order, bo)
    document = drafted(order, qty(order, 1), actor=ana)

    def pack() -> None:
        scan(fo.number, code="MUG", actor=bo)
        scan(fo.number, code="MUG", actor=bo)
        finish_pack(fo.number, actor=bo)

    _, refused = one_inside_the_other(
        pack, lambda: apply_amendment(document.number, seen=document.base_version, actor=ana)
    )
    assert isinstance(refused, Refused)
    assert (again(order).qty_cancelled, again(order).qty_packed) == (0, 2)
    assert sick() == {}
