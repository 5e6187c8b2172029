"""The desk's pages: who may open them, every move by form, and what was typed wrongly stays."""

import pytest
from django.urls import reverse

from oms.access.models import User
from orders.models import Order
from returns.models import Return
from tests.returns import steps, story

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def post(client, name, rma, data=None):
    return client.post(reverse(f"returns:{name}", args=[rma.number]), data or {})


def test_the_whole_way_through_the_pages(desk, client, order, line, ana, bo):
    answer = desk.post(
        reverse("returns:new", args=[order.number]),
        {f"qty_{line.pk}": 2, "type": "return", "reason": "damaged", "note": "Crushed"},
    )
    rma = Return.objects.get()
    assert answer["Location"] == rma.get_absolute_url()
    assert post(desk, "decision", rma, {"answer": "approve"}).status_code == 302
    entry = rma.lines.get()

    client.force_login(bo)
    post(client, "receipt", rma, {f"qty_{entry.pk}": 2, "location": "pune"})
    post(client, "inspection", rma, {
        f"qty_{entry.pk}_0": 1, f"condition_{entry.pk}_0": "as_new", f"disposition_{entry.pk}_0": "restock",
        f"qty_{entry.pk}_1": 1, f"condition_{entry.pk}_1": "damaged", f"disposition_{entry.pk}_1": "scrap",
    })  # fmt: skip

    client.force_login(ana)
    page = client.get(rma.get_absolute_url()).content.decode()
    assert "Settle this return" in page and "₹20.00" in page
    post(client, "settlement", rma, {f"outcome_{entry.pk}": "refund", f"accepted_{entry.pk}": 2, "deduction": "1.50"})
    post(client, "closing", rma)
    rma.refresh_from_db()
    assert (rma.status, str(rma.refund_total)) == ("closed", "18.5000")
    assert client.get(rma.get_absolute_url()).status_code == 200


def test_the_list_has_its_queues_and_finds_by_order_and_name(desk, order, ana):
    rma = steps.asked(order, 1, actor=ana)
    for view in ("open", "to-decide", "all"):
        assert rma.number in desk.get(reverse("returns:list"), {"view": view}).content.decode()
    assert rma.number not in desk.get(reverse("returns:list"), {"view": "to-inspect"}).content.decode()
    for q in (order.number, "asha", rma.number.lower()):
        assert rma.number in desk.get(reverse("returns:list"), {"view": "all", "q": q}).content.decode()
    export = b"".join(desk.get(reverse("returns:list"), {"export": "csv"}).streaming_content).decode()
    assert rma.number in export and "Asha Rao" in export


def test_a_refusal_is_a_sentence_and_keeps_what_was_typed(desk, order, ana):
    rma = steps.asked(order, 1, actor=ana)

    answer = post(desk, "decision", rma, {"answer": "decline", "note": ""})
    assert answer.status_code == 422
    assert "Say why it is declined" in answer.content.decode()
    answer = desk.post(
        reverse("returns:new", args=[order.number]),
        {f"qty_{order.lines.get().pk}": 3, "type": "return", "reason": "damaged"},
    )
    assert answer.status_code == 422
    assert "less than or equal to 2" in answer.content.decode()
    assert Return.objects.count() == 1


def test_impossible_moves_are_visible_with_their_reason(desk, order, ana):
    page = desk.get(steps.asked(order, 1, actor=ana).get_absolute_url()).content.decode()

    assert "Not possible now" in page and "Approve it first." in page


def test_who_may_not_sees_why_and_is_refused(client, order, ana, bo):
    rma = steps.asked(order, 1, actor=ana)
    client.force_login(bo)

    assert "Only Support, Owner, Admin may do this" in client.get(rma.get_absolute_url()).content.decode()
    assert post(client, "decision", rma, {"answer": "approve"}).status_code == 403
    rma.refresh_from_db()
    assert rma.status == "requested"


def test_another_channels_returns_do_not_exist_for_cy(client, order, ana, cy):
    rma = steps.asked(order, 1, actor=ana)
    client.force_login(cy)

    assert client.get(rma.get_absolute_url()).status_code == 404
    assert client.get(reverse("returns:new", args=[order.number])).status_code == 404
    for name in (
        "decision",
        "transit",
        "receipt",
        "inspection",
        "quarantine",
        "settlement",
        "closing",
        "cancellation",
        "reopening",
    ):
        assert post(client, name, rma).status_code == 404
    assert rma.number not in client.get(reverse("returns:list")).content.decode()


def test_text_with_markup_is_text(desk, ana):
    order = story.delivered([story.mugs(1)], actor=ana)
    Order.objects.filter(pk=order.pk).update(customer_name="<script>alert(1)</script>")
    rma = steps.asked(order, 1, actor=ana, note="<img src=x onerror=alert(1)>")

    for url in (rma.get_absolute_url(), reverse("returns:list"), reverse("returns:new", args=[order.number])):
        page = desk.get(url).content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page


def test_an_admin_of_everything_may_do_everything(client, order, ana):
    client.force_login(User.objects.create_user("root", roles=["admin"], display_name="Root"))
    rma = steps.asked(order, 1, actor=ana)
    post(client, "decision", rma, {"answer": "waive"})
    rma.refresh_from_db()
    assert rma.status == "inspected"


def test_units_left_in_quarantine_move_by_form(client, order, ana, bo):
    rma = steps.inspected(order, 1, actor=ana, disposition="quarantine")
    client.force_login(bo)
    post(client, "quarantine", rma, {"inspection": rma.lines.get().inspections.get().pk, "disposition": "restock"})
    assert story.stock_of("MUG").quarantined == 0
    assert post(client, "quarantine", rma, {"inspection": "x", "disposition": "restock"}).status_code == 302
