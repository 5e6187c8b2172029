"""A worker process to be killed: does its work, says so on standard output, and sleeps before the transaction ends."""

import time
import uuid


def sleep_until_killed() -> None:
    print("working", flush=True)
    time.sleep(600)


def deliver(after_effect) -> None:
    """Run the relay with the message handler slowed down by `after_effect`."""
    from notifications import handlers
    from oms.events.relay import deliver_due

    real = handlers.queue_message

    def slow(event):
        real(event)
        after_effect(event)
        sleep_until_killed()

    handlers.queue_message = slow
    deliver_due()  # other deliveries may be due before the message


def outside_the_transaction(event) -> None:
    """The mistake that the relay's transaction protects from: an effect that commits by itself."""
    import psycopg
    from django.db import connection

    params = connection.get_connection_params()
    wanted = {k: params[k] for k in ("dbname", "user", "password", "host", "port") if k in params}
    with psycopg.connect(**wanted, autocommit=True) as other:
        other.execute(
            'INSERT INTO notifications_mailboxmessage (message_id, sender, "to", subject, body, arrived_at) '
            "VALUES (%s, '', '', 'effect', '', now())",
            [uuid.uuid4().hex],
        )


def send() -> None:
    """Send one message and die between the mail server's yes and our own note of it."""
    from notifications.actions import send as sender

    real = sender._hand_over

    def slow(message):
        real(message)
        sleep_until_killed()

    sender._hand_over = slow
    sender.send_due_messages(limit=1)


def main(mode: str) -> None:
    match mode:
        case "deliver":
            deliver(lambda event: None)
        case "deliver-unsafe":
            deliver(outside_the_transaction)
        case "send":
            send()
