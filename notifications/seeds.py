"""The texts a fresh house starts with; a text an admin has changed or switched off is left alone."""

from django.conf import settings

from notifications.models import MessageKey, MessageTemplate, ReplyText

CONFIRMED = """Hello {{ customer_name }},

We have confirmed your order {{ order_number }} of {{ order_date }}.

{{ items }}

Total: {{ total }}
{{ payment_line }}

We will send it to:
{{ ship_to }}

You get another message when it leaves us. If anything here is wrong, write to {{ contact_email }} now and give the order number.

{{ shop_name }}
"""
AMENDED = """Hello {{ customer_name }},

{{ message }}

Your order {{ order_number }} now holds:

{{ items }}

{{ payment_line }}

If anything here is wrong, write to {{ contact_email }} and give the order number.

{{ shop_name }}
"""
PROMISED = """Hello {{ customer_name }},

{{ message }}

It is about your order {{ order_number }} of {{ order_date }}. Questions? Write to {{ contact_email }}.

{{ shop_name }}
"""
DISPATCHED = """Hello {{ customer_name }},

Your parcel has left us. It belongs to order {{ order_number }} and holds:

{{ parcel_items }}

Carrier: {{ carrier }}
Tracking number: {{ tracking_number }}
Follow it here: {{ tracking_url }}

It goes to:
{{ ship_to }}

Questions? Write to {{ contact_email }} and give the order number.

{{ shop_name }}
"""
DELIVERED = """Hello {{ customer_name }},

Your parcel from order {{ order_number }} was delivered on {{ delivered_on }}. It held:

{{ parcel_items }}

If it is not there, or if something is missing or broken, write to {{ contact_email }} and give the order number. We will put it right.

{{ shop_name }}
"""
WRITTEN = """Hello {{ customer_name }},

{{ message }}

This is about your order {{ order_number }} of {{ order_date }}. Answer this message, or write to {{ contact_email }}.

{{ shop_name }}
"""
SUPPLIER_ORDER = """Dear {{ supplier_name }},

Please send this to our customer and not to us. It is our order {{ purchase_number }}, attached as PDF:

{{ their_items }}

Send it to:
{{ ship_to }}

We expect it to leave you by {{ expected_on }}. Please put no prices and no invoice into the parcel.

Answer with the day it leaves you, then with carrier and tracking number: {{ contact_email }}. If you cannot send it, tell us today.

{{ shop_name }}
"""
SUPPLIER_STOP = """Dear {{ supplier_name }},

Please do not send our order {{ purchase_number }}:

{{ their_items }}

Why: {{ message }}

Tell us today whether you can still stop it: {{ contact_email }}.

{{ shop_name }}
"""
LATE = """We are sorry: your order takes longer than we promised. It holds:

{{ items }}

We will write again when it leaves us."""
WHERE = """Before we send your parcel, please check the address:

{{ ship_to }}

Is it complete?"""
PAYMENT = """{{ payment_line }}

Your order waits for it. Have you paid already? Then send us the reference."""
REPLIES = (("We are late", LATE), ("Is the address right?", WHERE), ("Payment is missing", PAYMENT))
TEXTS = (
    (MessageKey.CONFIRMED, "Your order {{ order_number }} is confirmed", CONFIRMED),
    (MessageKey.AMENDED, "Your order {{ order_number }} has changed", AMENDED),
    (MessageKey.PROMISED, "A new day for your order {{ order_number }}", PROMISED),
    (MessageKey.DISPATCHED, "Your order {{ order_number }} is on its way", DISPATCHED),
    (MessageKey.WRITTEN, "About your order {{ order_number }}", WRITTEN),
    (MessageKey.SUPPLIER_ORDER, "Order {{ purchase_number }}: please send it to our customer", SUPPLIER_ORDER),
    (MessageKey.SUPPLIER_STOP, "Please stop our order {{ purchase_number }}", SUPPLIER_STOP),
    (MessageKey.DELIVERED, "Your order {{ order_number }} has arrived", DELIVERED),
)


def seed() -> None:
    """Add the texts that are missing."""
    for key, subject, body in TEXTS:
        # A dispatch is only undone while nobody was told, so its message waits as long as it can be undone.
        wait = settings.UNDO_MINUTES if key == MessageKey.DISPATCHED else 0
        MessageTemplate.objects.get_or_create(
            key=key,
            channel="email",
            defaults={"subject": subject, "body": body, "is_approved": True, "hold_minutes": wait},
        )
    if not ReplyText.objects.exists():
        for position, (name, body) in enumerate(REPLIES):
            ReplyText.objects.create(name=name, body=body, position=position)
