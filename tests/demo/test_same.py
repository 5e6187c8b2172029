"""Two fresh houses with demo data tell the same story: screenshots, examples and questions about them stay true."""

import pytest
from django.db import connection, transaction

from demo.house import fill
from fulfilment.models import Shipment
from inventory.models import StockMovement
from notifications.models import OutgoingMessage
from orders.models import Order
from payments.models import Payment
from returns.models import Return

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

# Everything a visitor could tell two houses apart by, without the moments.
TOLD = (
    (Order, "number external_id customer_name total stage next_text payment_status"),
    (Payment, "number method status amount reference"),
    (Shipment, "number status tracking_number carrier__code"),
    (Return, "number status refund_total"),
    (StockMovement, "product__sku location__code kind on_hand quarantined"),
    (OutgoingMessage, "order__number template_key status"),
)


def what_is_there() -> dict[str, list]:
    return {model.__name__: list(model.objects.order_by("pk").values_list(*names.split())) for model, names in TOLD}


def small_house() -> dict[str, list]:
    with transaction.atomic():
        with connection.cursor() as cursor:  # numbers count from the start, as in a fresh database
            cursor.execute(
                "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE schemaname = 'public'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"ALTER SEQUENCE {name} RESTART")
        fill(history=6, ordinary=1, every=12)
        found = what_is_there()
        transaction.set_rollback(True)
    return found


def test_two_fresh_houses_are_the_same():
    one, two = small_house(), small_house()
    for name in one:
        assert one[name], name
        assert one[name] == two[name], name
