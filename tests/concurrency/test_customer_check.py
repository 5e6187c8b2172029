"""The page of a merge and a worker both ask its orders again: each order is asked once, and the count is right."""

import pytest

import orders.actions.customer_check as checking
from orders.actions.customer_check import check_merged
from orders.actions.customer_merge import merge_customers
from orders.models import CustomerMerge
from tests.conftest import make_shop, person
from tests.orders.checking.house import switch_on
from tests.stories import placed
from tests.together import Meeting, at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def story(monkeypatch) -> tuple[dict, bool]:
    """(what the merge says was asked, whether both were at the same orders together)."""
    make_shop()
    switch_on("twin")
    olga = person("olga", "owner")
    kept = placed(("MUG", 1), email="kept@example.test", phone="").customer
    gone = placed(("MUG", 1), email="gone@example.test", phone="").customer
    merge = merge_customers(kept.pk, gone.pk, choice={}, reason="The same", actor=olga)
    meet, came, held = Meeting(2), [], checking._held

    def held_together(orders):
        found = held(orders)
        if not came or len(came) < 2:
            came.append(meet.attend())
        return found

    monkeypatch.setattr(checking, "_held", held_together)
    at_once(*[lambda: check_merged(merge.pk, actor=olga)] * 2)
    return CustomerMerge.objects.get().checks, len(came) == 2 and all(came)


def test_each_order_is_asked_once(monkeypatch):
    checks, together = story(monkeypatch)
    assert (checks["asked"], checks["held"], together) == (2, 1, False)


def test_without_the_lock_of_the_merge_what_the_first_found_is_lost(monkeypatch):
    """Negative control: the second has read how far the merge was, waits for the orders, finds nothing new and says so."""
    unlocked = CustomerMerge.objects.select_related("kept__merged_into")
    monkeypatch.setattr(checking, "lock_merge", lambda pk: unlocked.get(pk=pk))
    checks, together = story(monkeypatch)
    assert (checks["held"], together) == (0, False)
