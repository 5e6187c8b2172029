"""Every verb that moves stock, in any order, against a small model in memory; doctor after each step."""

import uuid
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from inventory.actions.adjust import adjust_stock, quarantine_return, receive_stock, release_quarantine
from inventory.actions.purchases.book import book_delivery
from inventory.actions.purchases.count import count_delivery
from inventory.actions.purchases.end import cancel_purchase, close_purchase, cut_line
from inventory.actions.transfer import transfer_stock
from inventory.models import Backorder, Location, Product, PurchaseLine, PurchaseOrder, StockLevel
from oms.events.relay import deliver_due
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.promise import promise_waiting
from orders.models import Order, StockPromise
from tests.conftest import make_shop
from tests.inventory.buying import sent
from tests.machines import at_size
from tests.stories import placed

SKUS, PLACES = ("MUG", "LAMP"), ("pune", "delhi")
WATCHED = (
    "stock.",
    "purchases.",
    "orders.promises",
    "orders.quantities",
    "orders.stock_due",
    "orders.answer",
    "events.",
)
sku, place, units = st.sampled_from(SKUS), st.sampled_from(PLACES), st.integers(1, 6)


class StockMachine(RuleBasedStateMachine):
    """`there`, `apart` and `coming` are what a person with a notebook would write: on hand, in quarantine, on its way."""

    @initialize()
    def open_shop(self) -> None:
        self.point = transaction.atomic()
        self.point.__enter__()
        make_shop()
        self.there = Counter({("MUG", "pune"): 10, ("MUG", "delhi"): 5})
        self.apart: Counter = Counter()
        self.coming: Counter = Counter()

    def teardown(self) -> None:
        if hasattr(self, "point"):
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    @rule(sku=sku, place=place, qty=units)
    def receive(self, sku: str, place: str, qty: int) -> None:
        receive_stock(sku, location=place, qty=qty, source=uuid.uuid4().hex, actor="system")
        self.there[sku, place] += qty

    @rule(sku=sku, place=place, qty=units)
    def lose(self, sku: str, place: str, qty: int) -> None:
        if self._may(
            adjust_stock, sku, location=place, delta=-qty, source=uuid.uuid4().hex, reason="Lost", actor="system"
        ):
            self.there[sku, place] -= qty

    @rule(sku=sku, place=place, qty=units)
    def move(self, sku: str, place: str, qty: int) -> None:
        other = PLACES[1 - PLACES.index(place)]
        if self._may(
            transfer_stock, sku, source_place=place, target_place=other, qty=qty, source=uuid.uuid4().hex,
            reason="Nearer", actor="system",
        ):  # fmt: skip
            self.there[sku, place] -= qty
            self.there[sku, other] += qty

    @rule(sku=sku, place=place, qty=units)
    def comes_back(self, sku: str, place: str, qty: int) -> None:
        product, here = Product.objects.get(sku=sku), Location.objects.get(code=place)
        quarantine_return(product.pk, here.pk, qty, source=uuid.uuid4().hex, actor="system")
        self.there[sku, place] += qty
        self.apart[sku, place] += qty

    @rule(sku=sku, place=place, qty=units, to=st.sampled_from(["restock", "scrap"]))
    def inspect(self, sku: str, place: str, qty: int, to: str) -> None:
        product, here = Product.objects.get(sku=sku), Location.objects.get(code=place)
        if self._may(
            release_quarantine, product.pk, here.pk, qty, disposition=to, source=uuid.uuid4().hex, actor="system"
        ):
            self.apart[sku, place] -= qty
            self.there[sku, place] -= qty if to == "scrap" else 0

    @rule(sku=sku, place=place, qty=units)
    def buy(self, sku: str, place: str, qty: int) -> None:
        sent((sku, qty, 3), location=place)
        self.coming[sku, place] += qty

    @rule(data=st.data(), qty=units, apart=st.booleans(), last=st.booleans())
    def arrive(self, data: st.DataObject, qty: int, apart: bool, last: bool) -> None:
        if purchase := self._one(data, PurchaseOrder.objects.coming()):
            line, key = purchase.lines.get(), (purchase.lines.get().product.sku, purchase.location.code)
            count_delivery(purchase.number, code=key[0], qty=qty, key=uuid.uuid4(), actor="system")
            book_delivery(purchase.number, actor="system", reason="So it came", is_quarantined=apart, is_last=last)
            self.there[key] += qty
            self.apart[key] += qty if apart else 0
            self.coming[key] -= line.qty_open if last else min(qty, line.qty_open)

    @rule(data=st.data(), how=st.sampled_from([cancel_purchase, close_purchase]))
    def give_up(self, data: st.DataObject, how) -> None:
        if purchase := self._one(data, PurchaseOrder.objects.coming()):
            line, place = purchase.lines.get(), purchase.location.code
            if self._may(how, purchase.number, reason="No more", actor="system"):
                self.coming[line.product.sku, place] -= line.qty_open

    @rule(data=st.data())
    def cut(self, data: st.DataObject) -> None:
        if line := self._one(data, PurchaseLine.objects.filter(qty_open__gt=0, purchase__status="sent")):
            cut_line(line.purchase.number, line_id=line.pk, qty=1, reason="Broken", actor="system")
            self.coming[line.product.sku, line.purchase.location.code] -= 1

    @rule(sku=sku, qty=units)
    def order(self, sku: str, qty: int) -> None:
        placed((sku, qty), paid=f"{qty * 100}.00")

    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        if order := self._one(data, Order.objects.filter(status="new")):
            confirm_order(order.number, actor="system")

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if order := self._one(data, Order.objects.filter(status__in=("new", "confirmed"))):
            cancel_order(order.number, reason="other", actor="system")

    @rule()
    def carry_on(self) -> None:
        deliver_due()
        promise_waiting(actor="system")
        waiting = set(Backorder.objects.values_list("line_id", flat=True))
        assert set(StockPromise.objects.current().values_list("line_id", flat=True)) == waiting
        for row in StockPromise.objects.current():
            assert sum(part["qty"] for part in row.parts) <= row.qty

    @invariant()
    def the_shelves_are_what_the_notebook_says(self) -> None:
        if not hasattr(self, "there"):
            return
        for level in StockLevel.objects.select_related("product", "location"):
            key = (level.product.sku, level.location.code)
            if key[0] in SKUS:
                assert (level.on_hand, level.quarantined, level.incoming) == (
                    self.there[key], self.apart[key], self.coming[key],
                ), key  # fmt: skip
        found = {code: list(c.run()) for code, c in CHECKS.items() if code.startswith(WATCHED)}
        assert not {code: rows for code, rows in found.items() if rows}

    def _may(self, verb, *args, **kwargs) -> bool:
        """Whether the verb was allowed; a refusal changes nothing."""
        try:
            with transaction.atomic():
                verb(*args, **kwargs)
        except Refused:
            return False
        return True

    def _one(self, data: st.DataObject, rows):
        found = list(rows.order_by("pk"))
        return data.draw(st.sampled_from(found)) if found else None


@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_of_stock_verbs_keeps_the_books():
    some = settings(
        max_examples=8, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(StockMachine, settings=at_size(some))
