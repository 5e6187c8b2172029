"""A change that makes a confirmed order large needs a second person; a new one is held by its check as at placement."""

from decimal import Decimal

import pytest

from oms.kernel.errors import Refused
from orders.actions.amend_apply import apply_amendment
from orders.actions.amend_approve import decide_amendment, request_approval
from orders.actions.amend_preview import preview_amendment
from orders.actions.approve import decide_approval
from orders.actions.check import check_again
from orders.actions.confirm import confirm_order
from orders.actions.edit import edit_order, stamp
from orders.checking.rulebook import forget
from orders.models import ApprovalRule, Hold
from reports.queries.decisions import decisions
from tests.conftest import person
from tests.fulfilment.steps import sick
from tests.orders.amending.steps import amended, drafted, qty
from tests.stories import again, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(shop):
    ApprovalRule.objects.update_or_create(currency="INR", defaults={"approve_from": Decimal(500)})
    forget()
    yield
    forget()


def test_a_second_person_approves_and_that_applies_it(limit, ana, fay):
    order = placed(("MUG", 3), actor=ana)
    confirm_order(order.number, actor=ana)
    document = drafted(order, qty(order, 6), actor=ana)
    assert preview_amendment(document.number, actor=ana).needs_approval
    with pytest.raises(Refused, match="a second person approves"):
        apply_amendment(document.number, seen=again(order).version, actor=ana)

    request_approval(document.number, seen=again(order).version, actor=ana)
    with pytest.raises(Refused, match="wrote this change yourself"):
        decide_amendment(document.number, approve=True, actor=ana)
    assert decide_amendment(document.number, approve=True, actor=fay).status == "applied"
    assert again(order).total == 600
    assert sick() == {}


def test_an_approval_of_an_order_that_moved_waits_for_its_author(limit, ana, fay):
    order = placed(("MUG", 3), actor=ana)
    confirm_order(order.number, actor=ana)
    document = drafted(order, qty(order, 6), actor=ana)
    request_approval(document.number, seen=again(order).version, actor=ana)
    amended(order, qty(order, 2), actor=ana)
    assert decide_amendment(document.number, approve=True, actor=fay).status == "approved"
    assert again(order).amount_due == 200
    apply_amendment(document.number, seen=again(order).version, actor=ana)
    assert again(order).amount_due == 600
    assert sick() == {}


def test_a_decline_needs_a_reason_and_an_amount_that_shrinks_needs_nobody(limit, ana, fay):
    order = placed(("MUG", 3), actor=ana)
    confirm_order(order.number, actor=ana)
    document = drafted(order, qty(order, 6), actor=ana)
    request_approval(document.number, seen=again(order).version, actor=ana)
    with pytest.raises(Refused, match="Say why you decline"):
        decide_amendment(document.number, approve=False, actor=fay)
    assert decide_amendment(document.number, approve=False, note="Too much", actor=fay).status == "declined"
    assert amended(order, qty(order, 1), actor=ana).amount_due == 100


def test_a_new_order_that_grows_is_held_and_one_approval_covers_the_new_amount(limit, ana, fay):
    order = placed(("MUG", 3), actor=ana)
    order = amended(order, qty(order, 6), actor=ana)
    assert (order.stage, Hold.objects.get().rule) == ("on_hold", "amount")
    order = amended(order, qty(order, 7), actor=ana)
    decide_approval(order.number, approve=True, actor=fay)
    assert again(order).open_holds == 0
    check_again(order.number, actor=ana)
    assert again(order).open_holds == 0


@pytest.mark.parametrize("confirmed", [False, True])
def test_an_edited_address_is_checked_again(shop, ana, confirmed):
    """Negative control: before, the wrong PIN was found by nobody until the courier refused it."""
    order = placed(("MUG", 1))
    if confirmed:
        confirm_order(order.number, actor=ana)
    order = again(order)
    wrong = {**order.ship_to, "postal_code": "99"}
    edit_order(order.number, changes={"ship_to": wrong}, seen=stamp(order), actor=ana)
    held = again(order)
    assert (held.stage, Hold.objects.get().rule) == ("on_hold", "postal_code")
    edit_order(order.number, changes={"ship_to": order.ship_to}, seen=stamp(held), actor=ana)
    assert again(order).open_holds == 0
    assert Hold.objects.get().cleared_by == "Order checks"


def test_a_change_to_approve_waits_on_the_list_and_for_everybody_but_its_author(limit, client, ana, olga):
    order = placed(("MUG", 3), actor=ana)
    confirm_order(order.number, actor=ana)
    document = drafted(order, qty(order, 6), actor=ana)

    def rows(view: str) -> list[str]:
        client.force_login(olga)
        return [row.number for row in client.get("/orders/amendments/", {"view": view}).context["rows"]]

    assert (rows("draft"), rows("requested")) == ([document.number], [])
    assert decisions(olga) == []
    request_approval(document.number, seen=again(order).version, actor=ana)
    assert (rows("draft"), rows("requested")) == ([], [document.number])
    (asked,) = decisions(olga)
    assert (asked.ref, asked.act) == (document.number, "Decide")
    assert "to ₹600.00: Customer called. Asked by" in asked.says
    assert client.get(asked.url).status_code == 200
    assert decisions(ana) == []
    elsewhere = person("far", "owner", channel_codes=["elsewhere"])
    assert decisions(elsewhere) == []
    client.force_login(elsewhere)
    assert client.get("/orders/amendments/", {"view": "all"}).context["rows"] == []
