"""Helpers of the order-desk tests: a channel for orders taken by hand, and the form as a browser would send it."""

from typing import Any
from uuid import uuid4

from django.test import Client

from oms.access.models import User
from orders.models import Channel


def desk() -> Channel:
    return Channel.objects.create(code="desk", name="Phone", kind="phone")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(*lines: tuple[str, Any], press: str = "save", **changes: Any) -> dict[str, Any]:
    """The new-order form filled in rightly, with one button pressed; `changes` replace fields ("__" for "-")."""
    data: dict[str, Any] = {
        "key": uuid4().hex, press: "1", "terms-channel": "desk", "terms-payment_terms": "prepaid",
        "contact-customer_name": "Zoya P", "contact-phone": "+91 98765 43210", "ship-line1": "12 Example Road",
        "ship-city": "Mumbai", "ship-state": "Maharashtra", "ship-postal_code": "400 001", "ship-country": "IN",
    }  # fmt: skip
    for i, (sku, qty) in enumerate(lines or (("MUG", 2),)):
        data |= {f"line-{i}-sku": sku, f"line-{i}-qty": qty, f"line-{i}-price": "", f"line-{i}-discount": ""}
    return data | {name.replace("__", "-"): value for name, value in changes.items()}
