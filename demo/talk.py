"""What the demo's people and customers said: mentions, files, questions answered and open, one of them late."""

from datetime import timedelta

from django.core.files.base import ContentFile

from notifications.actions.converse import log_contact, need_no_answer, write_to_customer
from notifications.actions.send import send_due_messages
from oms.access.models import User
from oms.kernel.clock import now, time_is
from orders.actions.attach import attach_file
from orders.actions.note import add_note
from orders.models import Order

# hours ago, author, text
NOTES = (
    (5, "leela", "@meera can this leave today? The customer travels tomorrow."),
    (3, "tom", "@leela @meera she wants both in one parcel."),
    (2, "meera", "@tom the box was open when it came back, see the slip."),
    (1.5, "farah", "@nina the payment is a day late, shall we wait?"),
    (1, "leela", "@sam the address check stops every order from this PIN code."),
    (0.6, "nina", "@farah yes, until tomorrow noon."),
)
# hours ago, how, what the customer said, what came of it
QUESTIONS = (
    (30, "phone", "Can you deliver after six?", "answered"),
    (7, "whatsapp", "Still no tracking number. Where is my order?", "open"),
    (2.5, "email", "Please change the colour to blue if it has not left yet.", "open"),
    (1, "email", "Thank you, it looks lovely!", "thanks"),
    (0.5, "phone", "Is the gift wrapped? She will call again at four.", "open"),
)
SLIP = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n"


def make_talk(staff: dict[str, User]) -> None:
    """Said about orders that are open now, so that it leads to work."""
    people, present = {user.username: user for user in staff.values()}, now()
    # Those nothing touched lately: nobody can have said anything about an order that was not there yet.
    rows = list(
        Order.objects.open().filter(placed_at__lt=present - timedelta(hours=40)).exclude(email="").order_by("pk")
    )
    for order, (hours, author, text) in zip(rows[::2], NOTES, strict=False):
        with time_is(present - timedelta(hours=hours)):
            add_note(order.number, text=text, actor=people[author])
    for order, (hours, medium, text, end) in zip(rows[1::2], QUESTIONS, strict=False):
        with time_is(present - timedelta(hours=hours)):
            log_contact(order.number, direction="in", medium=medium, text=text, actor=people["tom"])
        with time_is(present - timedelta(hours=hours / 2)):
            if end == "answered":
                write_to_customer(order.number, text="Yes, between six and eight.", actor=people["tom"])
                send_due_messages()
            elif end == "thanks":
                need_no_answer(order.number, actor=people["tom"])
    for order in rows[:2]:
        with time_is(present - timedelta(hours=1)):
            attach_file(order.number, upload=ContentFile(SLIP, name="signed-slip.pdf"), actor=people["meera"])
