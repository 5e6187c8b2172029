"""Erasing a person: nothing of them in any table, all of their orders as they were, and refusals while they are needed."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

import orders.actions.erase as erasing
from fulfilment.actions.parcel import deliver
from fulfilment.actions.supplier.ship import supplier_ships
from notifications.actions.converse import log_contact, need_no_answer
from notifications.actions.send import send_due_messages
from notifications.models import MessageTemplate
from oms.events.models import Event
from oms.events.relay import deliver_due
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Busy, Refused
from oms.kernel.personal import ERASED
from orders.actions.attach import attach_file
from orders.actions.cancel import cancel_order
from orders.actions.edit import edit_order, stamp
from orders.actions.entry import keep_entry
from orders.actions.erase import erase_customer
from orders.actions.erase_old import due, erase_old
from orders.actions.hold import clear_hold, hold_order
from orders.actions.note import add_note
from orders.imports.batches import ask, run_due, start_batch
from orders.models import BlockedEntry, Customer, Erasure, Hold, ImportFile, ImportGoal, Order, RetentionRule
from payments.actions.refund import OtherWay, approve_refund, request_refund, send_refund, succeed_refund
from payments.models import Refund
from tests.api.test_orders_api import body, issue, post
from tests.fulfilment.dropping import offered, told
from tests.fulfilment.dropping import released as sent_by_supplier
from tests.fulfilment.steps import on_road, released, sick
from tests.orders.checking.house import switch_on
from tests.orders.desk import signed_in
from tests.orders.imports.rows import HEADER, row
from tests.returns.steps import settled
from tests.stories import HOME, again, placed

pytestmark = pytest.mark.django_db
MAIL, PHONE, NAME, STREET = "quilla.xanthe@unique.test", "+91 91827 36455", "Quilla Xanthe", "77 Vermilion Terrace"
OLD_STREET, SAYS, PO_BOX = "5 Obsidian Lane", "my neighbour Jorund takes it", "Gate code 9931"
THERE = replace(HOME, name=NAME, line1=STREET, line2=PO_BOX, phone=PHONE)
WHO = {"customer_name": NAME, "email": MAIL, "phone": PHONE, "ship_to": THERE}
PLANTED = (MAIL, "9182736455", "91827 36455", NAME, STREET, OLD_STREET, "Jorund", "9931", "quilla@upi")


def everywhere(*words: str) -> dict[str, set[str]]:
    """{word: the columns of the whole database that hold it}, by SQL: no model is asked, so none can be forgotten."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
            "AND (data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea'))"
        )
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT lower(string_agg({text}, chr(10))) FROM "{table}"')
            held = cursor.fetchone()[0] or ""
            for word in words:
                if word.lower() in held:
                    found.setdefault(word, set()).add(f"{table}.{column}")
    return found


@pytest.fixture
def settled_person(shop, ana, bo, fay, olga, cy) -> Customer:
    """A customer whose every trace was left by a real action, and with whom all is done."""
    MessageTemplate.objects.update(hold_minutes=0)
    order = placed(("MUG", 2), paid="200.00", note=SAYS, **WHO | {"ship_to": replace(THERE, line1=OLD_STREET)})
    seen = {"ship_to": {k: v for k, v in THERE.__dict__.items() if v}, "customer_name": NAME}
    edit_order(order.number, changes=seen, seen=stamp(again(order)), actor=ana, reason="Moved")
    hold_order(order.number, reason="other", detail=f"Call {NAME} at {PHONE}", actor=ana)
    for hold in Hold.objects.filter(order=order, cleared_at=None):
        clear_hold(order.number, hold_id=hold.pk, note=f"{NAME} says {SAYS}", actor=ana)
    add_note(order.number, text=f"{SAYS}. {PO_BOX}", actor=ana)
    attach_file(order.number, upload=ContentFile(b"%PDF-1.4 " + NAME.encode(), name=f"{NAME}.pdf"), actor=ana)
    log_contact(order.number, direction="in", medium="email", text=f"I am {NAME}, {SAYS}", sender=MAIL, actor=cy)
    need_no_answer(order.number, actor=cy)
    way = OtherWay("upi", "quilla@upi", SAYS)
    request_refund(order.number, amount=Decimal(50), reason=f"To {NAME}", actor=cy, other_way=way)
    cancel_order(order.number, reason="other", note=f"{NAME} called", actor=ana)
    for refund in Refund.objects.filter(order=order):
        _pay_back(refund, fay, olga)
    lived = released(bo, ("MUG", 2), **WHO)
    deliver(on_road(lived, bo).number, actor=bo)
    _pay_back(Refund.objects.get(number=settled(lived, 1, actor=olga).refund_number), fay, olga)
    offered("LAMP", figure=5, days=3)
    far = sent_by_supplier(("LAMP", 1), actor=bo, **WHO)
    deliver(supplier_ships(told(far, bo).number, carrier="own", tracking_number="T-9", actor=bo).number, actor=bo)
    post(issue(), body(external_id="api-1", customer_name=NAME, email=MAIL, phone=PHONE, channel="web"))
    cancel_order(Order.objects.get(external_id="api-1").number, reason="other", actor=ana)
    lines = (
        f"{HEADER},ship_line1\n{row('X-1')},1 Elm\nX-2,2026-03-01 10:00,INR,MUG,Mug,1,1,{NAME},{MAIL},Pune,,{STREET}\n"
    )
    batch = start_batch([("orders.csv", lines.encode())], channel_code="web", format_key="csv", actor=olga)
    run_due()
    ask(batch.number, ImportGoal.IMPORT)
    run_due()
    for made in Order.objects.filter(email=MAIL).open():
        cancel_order(made.number, reason="other", actor=ana)
    keep_entry(
        "e" * 32, {"contact-customer_name": NAME, "contact-phone": PHONE, "ship-line1": STREET}, seen=0, actor=ana
    )
    BlockedEntry.objects.create(kind="phone", value=PHONE, note=f"{NAME} never pays")
    deliver_due()
    assert send_due_messages()
    return Customer.objects.get(email=MAIL)


def _pay_back(refund: Refund, fay, olga) -> None:
    refund.refresh_from_db()
    if refund.status == "requested":
        approve_refund(refund.number, actor=olga)
    send_refund(refund.number, reference="R-1", actor=fay)
    succeed_refund(refund.number, actor=fay)


def test_nothing_of_an_erased_person_is_left_in_any_table(settled_person, adam, django_capture_on_commit_callbacks):
    customer, numbers = settled_person, list(settled_person.orders.order_by("pk").values_list("number", flat=True))
    before = everywhere(*PLANTED)
    assert not set(PLANTED) - before.keys(), "each was planted"
    columns = (
        "number",
        "total",
        "paid_total",
        "refunded_total",
        "status",
        "stage",
        "qty_ordered",
        "qty_returned",
        "version",
    )
    were = list(Order.objects.filter(number__in=numbers).order_by("pk").values_list(*columns))
    paths = list(customer.orders.exclude(attachments=None).values_list("attachments__path", flat=True))
    given = signed_in(adam).get(f"/customers/{customer.pk}/everything/").json()
    text = json.dumps(given, ensure_ascii=False)
    assert all(word in text for word in (MAIL, NAME, STREET, OLD_STREET, "Jorund", "quilla@upi")), "they get all of it"
    assert given["mentioned_beside_others_in"]["Uploaded files"] == 1
    page = signed_in(adam).get(f"/customers/{customer.pk}/erasure/").content.decode()
    assert "Messages sent" in page and "Erase it for good" in page
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"reason": "Asked on 3 May", "sure": "ERASE"}
        answer = signed_in(adam).post(f"/customers/{customer.pk}/erasure/", sent, follow=True)
    assert "Their personal data is erased" in answer.content.decode()

    assert everywhere(*PLANTED) == {}
    assert list(Order.objects.filter(number__in=numbers).order_by("pk").values_list(*columns)) == were
    order = Order.objects.get(number=numbers[0])
    assert (order.customer_name, order.ship_to) == (ERASED, {"state": "Maharashtra", "country": "IN"})
    assert paths and not any(default_storage.exists(path) for path in paths)
    assert sick() == {}
    done = Erasure.objects.get()
    assert (done.by, done.reason, done.orders) == ("Adam", "Asked on 3 May", len(numbers))
    assert Event.objects.filter(name="orders.person_erased", actor_name="Adam").count() == len(numbers)
    assert not Order.objects.search("vermilion") and not Order.objects.search(MAIL)
    assert b"ana" in bytes(ImportFile.objects.get().content).lower(), "the lines of others are as they came"
    for path in ("", "history/", f"as-of/{Event.objects.filter(stream=numbers[0]).count()}/"):
        assert signed_in(adam).get(f"/orders/{numbers[0]}/{path}").status_code == 200
    with pytest.raises(Refused, match="erased already"):
        erase_customer(customer.pk, reason="Again", actor=adam)


def test_a_block_outlives_the_erasure_and_history_is_shut_again(shop, ana, adam):
    gone = cancel_order(placed(("MUG", 1), **WHO).number, reason="other", actor=ana)
    BlockedEntry.objects.create(kind="phone", value=PHONE, note=f"{NAME} never pays")
    erase_customer(gone.customer_id, reason="Asked for", actor=adam)
    switch_on("blocked")
    held = Hold.objects.filter(order=placed(("MUG", 1), **WHO | {"phone": "091827-36455"}), rule="blocked")
    assert held.count() == 1
    entry = BlockedEntry.objects.get()
    entry.full_clean()
    entry.save()
    assert entry.match.startswith("kept:")
    Order.objects.filter(pk=gone.pk).update(phone=PHONE)
    gone.customer.addresses.create(line1=STREET, country="IN")
    found = [finding.detail for finding in sick()["privacy.erased"]]
    assert any("phone of orders.Order" in text for text in found)
    assert any("orders.CustomerAddress are there again" in text for text in found)
    event = Event.objects.first()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(payload={})


def test_it_is_refused_while_something_is_to_be_done_without_a_reason_and_to_others(shop, ana, adam, olga):
    order = placed(("MUG", 1), **WHO)
    pk = order.customer_id
    with pytest.raises(Refused, match=f"{order.number} is still open. Finish or cancel first"):
        erase_customer(pk, reason="Asked for", actor=adam)
    assert f"{order.number} is still open" in signed_in(adam).get(f"/customers/{pk}/erasure/").content.decode()
    cancel_order(order.number, reason="other", actor=ana)
    with pytest.raises(Refused, match="Say why"):
        erase_customer(pk, reason=" ", actor=adam)
    unsure = signed_in(adam).post(f"/customers/{pk}/erasure/", {"reason": "Asked for", "sure": "yes"})
    assert unsure.status_code == 422 and "Type ERASE in capitals" in unsure.content.decode()
    for person in (ana, olga):
        assert signed_in(person).post(f"/customers/{pk}/erasure/", {"reason": "x", "sure": "ERASE"}).status_code == 403
        assert signed_in(person).get(f"/customers/{pk}/everything/").status_code == 403
    assert again(order).customer_name == NAME
    paid = placed(("MUG", 1), paid="100.00", **WHO)
    cancel_order(paid.number, reason="other", actor=ana)
    with pytest.raises(Refused, match=f"Money of {paid.number} is still open"):
        erase_customer(pk, reason="Asked for", actor=adam)


def test_an_order_that_comes_in_between_the_locks_is_seen_and_nothing_is_erased(shop, ana, adam, monkeypatch):
    gone = cancel_order(placed(("MUG", 1), **WHO).number, reason="other", actor=ana)
    lock = erasing.lock_orders

    def lock_and_place(numbers):
        found = lock(numbers)
        placed(("MUG", 1), **WHO)
        return found

    monkeypatch.setattr(erasing, "lock_orders", lock_and_place)
    with pytest.raises(Busy, match="came in"):
        erase_customer(gone.customer_id, reason="Asked for", actor=adam)
    assert again(gone).customer_name == NAME


def test_the_rule_erases_who_ordered_long_ago_and_nobody_else(shop, ana):
    with time_is(now() - timedelta(days=400)):
        old = placed(("MUG", 1), **WHO)
        cancel_order(old.number, reason="other", actor=ana)
        waits = placed(("MUG", 1), email="waits@example.test", phone="+91 90000 00001")
    late = placed(("MUG", 1), email="late@example.test", phone="+91 90000 00002")
    cancel_order(late.number, reason="other", actor=ana)
    assert erase_old() == 0, "off until somebody enters months"
    assert [c.pk for c in due(12)] == [old.customer_id]
    RetentionRule.objects.filter(pk=1).update(months=12)
    assert (erase_old(), erase_old()) == (1, 0)
    assert [again(o).customer_name for o in (old, waits, late)] == [ERASED, "Zoya P", "Zoya P"]
    assert Erasure.objects.get().reason == "Kept for 12 months after the last order, by the rule of the house"


def test_the_command_shows_first_and_erases_with_a_reason(shop, ana):
    order = placed(("MUG", 1), **WHO)
    cancel_order(order.number, reason="other", actor=ana)
    out = StringIO()
    call_command("erase_customer", str(order.customer_id), stdout=out)
    assert "Nothing has changed" in out.getvalue() and again(order).email == MAIL
    call_command("erase_customer", str(order.customer_id), "--reason", "Asked for", stdout=out)
    assert "erased, 1 order stay" in out.getvalue() and again(order).email == ""
