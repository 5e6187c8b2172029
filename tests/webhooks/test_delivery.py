"""What happened here reaches other systems: once when all goes well, never lost when it does not."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from oms.events.models import Event
from oms.events.publish import publish
from oms.intake.signing import sign
from oms.kernel.clock import now
from oms.ops.doctor.registry import run_all
from oms.webhooks import send
from oms.webhooks.models import WebhookDelivery, WebhookEndpoint
from oms.webhooks.send import BACKOFF, replay, send_due_webhooks
from oms.webhooks.signing import secret_of
from oms.webhooks.tasks import send_webhooks
from orders.actions.cancel import cancel_order
from orders.actions.confirm import confirm_order
from orders.actions.note import add_note
from orders.models import Channel
from tests.stories import placed
from tests.together import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def later() -> None:
    """Everything that waits for its moment is due, and no endpoint rests."""
    WebhookDelivery.objects.update(next_at=now())
    WebhookEndpoint.objects.update(quiet_until=None)


def test_an_event_is_told_once_with_a_valid_signature(endpoint, receiver):
    order = placed(("MUG", 1))
    assert send_webhooks() == 1
    assert send_webhooks() == 0

    [(headers, raw)] = receiver.got
    signed = sign(secret_of(endpoint), headers["webhook-id"], int(headers["webhook-timestamp"]), raw)
    assert headers["webhook-signature"] == signed
    assert headers["path"] == "/hooks?from=oms"
    told = json.loads(raw)
    event = Event.objects.get(stream=order.number, name="orders.placed")
    assert (told["type"], told["timestamp"]) == ("orders.placed", event.occurred_at.isoformat())
    assert (told["data"]["number"], told["data"]["sequence"], told["data"]["to"]) == (order.number, 1, "new")
    row = WebhookDelivery.objects.get()
    assert (row.status, row.response_status, row.response_body, row.attempts) == ("done", 200, "thanks", 1)


def test_what_no_database_keeps_of_an_answer_stops_nothing(endpoint, receiver):
    receiver.answers, receiver.reason_back, receiver.body_back = [500], "Broken\0here", b"\0\xff"
    placed(("MUG", 1))
    assert send_webhooks() == 1
    row = WebhookDelivery.objects.get()
    assert (row.status, row.attempts) == ("pending", 1)
    assert row.last_error == "It answered 500 Broken\N{SYMBOL FOR NULL}here."
    assert row.response_body == "\N{SYMBOL FOR NULL}\N{REPLACEMENT CHARACTER}"


def test_another_secret_or_body_does_not_fit_the_signature(endpoint, receiver):
    """Negative control of the signature."""
    placed(("MUG", 1))
    former = secret_of(endpoint)
    endpoint.generation += 1
    endpoint.save()
    send_due_webhooks()

    [(headers, raw)] = receiver.got
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] != sign(former, headers["webhook-id"], stamp, raw)
    assert headers["webhook-signature"] != sign(secret_of(endpoint), headers["webhook-id"], stamp, raw + b" ")


def test_the_former_key_of_the_house_still_signs(endpoint, receiver, settings):
    former = secret_of(endpoint)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" * 8
    placed(("MUG", 1))
    send_due_webhooks()

    [(headers, raw)] = receiver.got
    made = sign(former, headers["webhook-id"], int(headers["webhook-timestamp"]), raw)
    assert made in headers["webhook-signature"].split(" ")


def test_what_is_rolled_back_is_never_told(endpoint, receiver):
    order = placed(("MUG", 1))
    send_due_webhooks()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish("orders.noted", subject=order.number, actor="system", text="x")
        assert WebhookDelivery.objects.count() == 2
        raise ZeroDivisionError
    assert send_due_webhooks() == 0
    assert len(receiver.got) == 1


def test_an_endpoint_hears_only_the_names_and_the_channel_it_asked_for(shop, receiver, adam):
    make = WebhookEndpoint.objects.create
    noted = make(name="Notes", url=receiver.url, events=["orders.noted", "payments.*"])
    other = make(name="Other", url=receiver.url, events=["*"], channel_code="other")
    mine = make(name="Web", url=receiver.url, events=["*"], channel_code="web")
    make(name="Off", url=receiver.url, events=["*"], is_active=False)
    Channel.objects.create(code="other", name="Other")
    order = placed(("MUG", 1))
    add_note(order.number, text="Ring twice", actor=adam)

    owed = {e.name: sorted(d.event.name for d in e.deliveries.all()) for e in (noted, other, mine)}
    assert owed == {"Notes": ["orders.noted"], "Other": [], "Web": ["orders.noted", "orders.placed"]}


def test_a_receiver_that_was_down_gets_everything_in_sequence_when_it_is_up(endpoint, receiver, ana):
    receiver.down()
    order = placed(("MUG", 1), paid="100.00")
    confirm_order(order.number, actor=ana)
    cancel_order(order.number, reason="other", actor=ana)
    owed = WebhookDelivery.objects.count()
    for _ in range(2):
        assert send_due_webhooks() == 1  # it rests after the first failure, the others are not even tried
        later()
    assert "ConnectionRefused" in WebhookDelivery.objects.order_by("event").first().last_error

    receiver.up()
    assert send_due_webhooks() == owed

    told = [json.loads(raw)["data"]["sequence"] for _, raw in receiver.got]
    assert told == sorted(told)
    assert len(set(told)) == owed
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"done"}


def test_an_event_that_fails_again_and_again_stops_holding_back_the_next(endpoint, receiver, ana):
    order = placed(("MUG", 1))
    add_note(order.number, text="Ring twice", actor=ana)
    receiver.answers = [500] * 4
    for _ in range(4):
        assert send_due_webhooks() == 1
        later()
    assert len(set(receiver.ids)) == 1
    assert send_due_webhooks() == 2
    assert len(set(receiver.ids)) == 2


def test_failures_are_tried_again_for_72_hours_then_parked_and_replayed_as_the_same_message(endpoint, receiver):
    placed(("MUG", 1))
    receiver.answers, receiver.body_back = [503] * 3, b"x" * 3000
    send_due_webhooks()
    row = WebhookDelivery.objects.get()
    assert (row.status, row.response_status, len(row.response_body)) == ("pending", 503, 1024)
    assert 0.7 * BACKOFF[0] < (row.next_at - now()).total_seconds() <= 1.2 * BACKOFF[0]
    assert timedelta(hours=71) < row.give_up_at - now() <= timedelta(hours=72)
    assert replay([row.pk]) == 1, "whoever mended the receiver need not wait for the next attempt"
    sooner = WebhookDelivery.objects.get()
    assert (sooner.next_at <= now(), sooner.attempts, sooner.give_up_at) == (True, 1, row.give_up_at)
    later()
    send_due_webhooks()
    assert WebhookDelivery.objects.get().status == "pending"

    WebhookDelivery.objects.update(give_up_at=now())
    later()
    send_due_webhooks()
    assert WebhookDelivery.objects.get().status == "parked"
    later()
    assert send_due_webhooks() == 0

    assert replay([row.pk]) == 1
    send_due_webhooks()
    assert WebhookDelivery.objects.get().status == "done"
    assert len(receiver.got) == 4
    assert len(set(receiver.ids)) == len({raw for _, raw in receiver.got}) == 1


def test_410_gone_switches_the_endpoint_off(endpoint, receiver):
    placed(("MUG", 1))
    receiver.answers = [410]
    send_due_webhooks()
    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert "410" in endpoint.off_reason
    assert WebhookDelivery.objects.get().status == "parked"
    placed(("MUG", 1))
    assert WebhookDelivery.objects.count() == 1


def test_a_redirect_is_not_followed(endpoint, receiver):
    placed(("MUG", 1))
    receiver.answers, receiver.headers_back = [307], {"Location": receiver.url}
    send_due_webhooks()
    assert len(receiver.got) == 1
    assert WebhookDelivery.objects.get().last_error.startswith("It answered 307")


def test_a_receiver_that_answers_too_late_or_nonsense_is_tried_again(endpoint, receiver, monkeypatch):
    monkeypatch.setattr("oms.webhooks.call.READ", 0.2)
    placed(("MUG", 1))
    receiver.gate.clear()
    send_due_webhooks()
    row = WebhookDelivery.objects.get()
    assert (row.status, row.response_status) == ("pending", None)
    assert row.last_error.startswith("No answer within")


def open_transactions() -> int:
    """Sessions of this database, other than our own, that hold a transaction open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def sessions_in_a_call(receiver, run) -> int:
    def work() -> None:
        try:
            run()
        finally:
            connection.close()

    receiver.gate.clear()
    thread = threading.Thread(target=work)
    thread.start()
    assert receiver.arrived.wait(PATIENCE)
    found = open_transactions()
    receiver.gate.set()
    thread.join()
    return found


def test_a_slow_receiver_holds_no_transaction_open(endpoint, receiver):
    placed(("MUG", 1))
    assert sessions_in_a_call(receiver, send_due_webhooks) == 0
    assert WebhookDelivery.objects.get().status == "done"


def test_negative_control_a_call_inside_a_transaction_would_be_seen(endpoint, receiver):
    placed(("MUG", 1))
    assert sessions_in_a_call(receiver, transaction.atomic(send_due_webhooks)) == 1


@pytest.mark.concurrency
def test_four_senders_at_once_tell_each_event_once(endpoint, receiver):
    for _ in range(12):
        placed(("MUG", 1))

    def work(_) -> int:
        try:
            return send_due_webhooks()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 12
    assert len(receiver.ids) == len(set(receiver.ids)) == 12


@pytest.mark.concurrency
def test_negative_control_without_the_claim_events_are_told_twice(endpoint, receiver, monkeypatch):
    placed(("MUG", 1))
    row = WebhookDelivery.objects.select_related("endpoint", "event").get()
    monkeypatch.setattr(send, "_claim_next", lambda: send.Claim(row, now()))
    send_due_webhooks(limit=2)
    assert len(receiver.ids) == 2


def test_a_sender_killed_in_mid_call_sends_the_same_message_again(endpoint, receiver, sender):
    placed(("MUG", 1))
    receiver.gate.clear()
    process = sender()
    assert receiver.arrived.wait(PATIENCE)
    process.end()
    assert WebhookDelivery.objects.get().status == "sending"
    assert send_due_webhooks() == 0  # the lease protects it while the dead worker could still be alive

    receiver.gate.set()
    WebhookDelivery.objects.update(claimed_until=now() - timedelta(seconds=1))
    assert send_due_webhooks() == 1
    assert WebhookDelivery.objects.get().status == "done"
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


def test_a_result_that_comes_after_the_lease_is_not_booked(endpoint, receiver):
    placed(("MUG", 1))
    claim = send._claim_next()
    WebhookDelivery.objects.update(claimed_until=now() + timedelta(hours=1))  # somebody else has it now
    send._send(claim)
    assert WebhookDelivery.objects.get().status == "sending"


def test_doctor_sees_what_is_stuck_and_nothing_else(endpoint, receiver):
    def stuck() -> list[str]:
        return [f.subject for f in run_all(["webhooks.stuck"])["webhooks.stuck"]]

    order = placed(("MUG", 1))
    assert stuck() == []
    WebhookDelivery.objects.update(next_at=now() - timedelta(hours=1))
    assert stuck() == [order.number]
    WebhookDelivery.objects.update(status="sending", claimed_until=now() - timedelta(hours=1))
    assert stuck() == [order.number]
    WebhookDelivery.objects.update(status="parked")
    assert stuck() == [order.number]
    WebhookDelivery.objects.update(status="done")
    assert stuck() == []
    WebhookEndpoint.objects.update(failures=8)
    assert stuck() == ["Ledger"]
