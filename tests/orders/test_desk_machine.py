"""Whatever the desk does to whatever orders in whatever order, doctor finds nothing afterwards, and stock is never made.

Hypothesis chooses the steps; every step is a real action, and what an action refuses must have changed nothing.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from inventory.models import StockLevel
from oms.access.models import User
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from orders.actions.amend import draft_amendment
from orders.actions.amend_apply import apply_amendment
from orders.actions.cancel import cancel_order, cancel_remainder
from orders.actions.confirm import confirm_order
from orders.actions.hold import clear_hold, hold_order
from orders.actions.release import release_order
from orders.amending.change import Change
from orders.models import Hold, Order
from tests.machines import at_size
from tests.stories import placed

SKUS = ("MUG", "KETTLE", "LAMP")
FEW = settings(
    max_examples=5, stateful_step_count=8, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck), print_blob=False,
)  # fmt: skip
which = st.integers(0, 20)


class Desk(RuleBasedStateMachine):
    """One example: a shop in a transaction of its own that is never kept."""

    actor: User
    plant: Callable[[], None] | None = None  # a fault for the negative control

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[str] = []
        self.inside = transaction.atomic()
        self.inside.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    @rule(sku=st.sampled_from(SKUS), qty=st.integers(1, 12), is_paid=st.booleans(), second=st.integers(0, 3))
    def capture(self, sku: str, qty: int, is_paid: bool, second: int) -> None:
        lines = [(sku, qty), *([("MUG", second)] if second else [])]
        paid = {"paid": f"{(qty + second) * 100}.00"} if is_paid else {}
        self.numbers.append(placed(*lines, **paid).number)

    @precondition(lambda self: self.numbers)
    @rule(at=which)
    def confirm(self, at: int) -> None:
        self.make(lambda number: confirm_order(number, actor=self.actor), at)

    @precondition(lambda self: self.numbers)
    @rule(at=which)
    def release(self, at: int) -> None:
        self.make(lambda number: release_order(number, actor=self.actor), at)

    @precondition(lambda self: self.numbers)
    @rule(at=which, reason=st.sampled_from(("other", "address", "customer_request", "nonsense")))
    def hold(self, at: int, reason: str) -> None:
        self.make(lambda number: hold_order(number, reason=reason, actor=self.actor), at)

    @precondition(lambda self: self.numbers)
    @rule(at=which)
    def clear(self, at: int) -> None:
        def act(number: str) -> None:
            hold = Hold.objects.filter(order__number=number).order_by("-pk").first()
            clear_hold(number, hold_id=hold.pk if hold else 0, note="Fine", actor=self.actor)

        self.make(act, at)

    @precondition(lambda self: self.numbers)
    @rule(at=which, qty=st.integers(0, 15), added=st.sampled_from(("", *SKUS)))
    def amend(self, at: int, qty: int, added: str) -> None:
        def act(number: str) -> None:
            order = Order.objects.get(number=number)
            line = order.lines.order_by("position").first()
            changes = [Change("quantity", line_id=line.pk, qty=qty)]
            if added:
                changes.append(Change("add", sku=added, qty=2))
            document = draft_amendment(number, changes, reason="Customer called", actor=self.actor)
            apply_amendment(document.number, seen=Order.objects.get(number=number).version, actor=self.actor)

        self.make(act, at)

    @precondition(lambda self: self.numbers)
    @rule(at=which, units=st.integers(1, 4))
    def cancel_a_part(self, at: int, units: int) -> None:
        def act(number: str) -> None:
            line = Order.objects.get(number=number).lines.order_by("-position").first()
            cancel_remainder(number, quantities={line.pk: units}, reason="other", actor=self.actor)

        self.make(act, at)

    @precondition(lambda self: self.numbers)
    @rule(at=which)
    def cancel(self, at: int) -> None:
        self.make(lambda number: cancel_order(number, reason="other", actor=self.actor), at)

    def make(self, act: Callable[[str], Any], at: int) -> None:
        """Do it to one of the orders; what is refused must leave the order as it was."""
        number = self.numbers[at % len(self.numbers)]
        before = Order.objects.filter(number=number).values().get()
        try:
            with transaction.atomic():
                act(number)
        except Refused:
            now_there = Order.objects.filter(number=number).values().get()
            assert now_there == before, "what is refused changes nothing"
        if self.plant:
            self.plant()

    @invariant()
    def doctor_finds_nothing(self) -> None:
        assert {code: found for code, found in run_all().items() if found} == {}

    @invariant()
    def nothing_left_the_shelves(self) -> None:
        shelves = StockLevel.objects.exclude(on_hand=0).values_list("product__sku", "location__code", "on_hand")
        assert set(shelves) == {("MUG", "pune", 10), ("KETTLE", "pune", 10), ("MUG", "delhi", 5)}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_books_are_right_after_every_step(shop, ana):
    run_state_machine_as_test(type("Desk", (Desk,), {"actor": ana}), settings=at_size(FEW))


@pytest.mark.slow
@pytest.mark.django_db
def test_a_planted_fault_is_found_by_the_machine(shop, ana):
    """Negative control: a write behind the program's back is seen after the step that made it."""

    def plant() -> None:
        Order.objects.update(stage="packed")

    machine = type("Desk", (Desk,), {"actor": ana, "plant": staticmethod(plant)})
    with pytest.raises(AssertionError, match=r"orders\.answer"):
        run_state_machine_as_test(machine, settings=FEW)
