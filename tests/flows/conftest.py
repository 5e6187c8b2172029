"""A house with its texts and reasons, and one signed-in browser per person."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from oms.events.relay import deliver_due
from oms.kernel.clock import now, time_is


@pytest.fixture
def desk(shop, ana, bo, fay, cy, olga, settings) -> SimpleNamespace:
    """`desk.sales`, `.warehouse`, `.finance`, `.support` and `.owner`: browsers. Mails go to the mailbox."""
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    people = {"sales": ana, "warehouse": bo, "finance": fay, "support": cy, "owner": olga}
    return SimpleNamespace(**{team: signed_in(user) for team, user in people.items()})


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def mails(settings):
    """Deliver what is owed, send it, and return the subjects the customer got, oldest first."""
    from notifications.actions.send import send_due_messages
    from notifications.models import MailboxMessage

    def read() -> list[str]:
        while deliver_due():
            pass
        with time_is(
            now() + timedelta(minutes=settings.UNDO_MINUTES)
        ):  # a dispatch is told when it is not undone any more
            while send_due_messages():
                pass
        return list(MailboxMessage.objects.order_by("pk").values_list("subject", flat=True))

    return read
