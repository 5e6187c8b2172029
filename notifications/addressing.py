"""The address a customer answers to: its token names the order and was signed by us, so nobody can write into another's."""

import hmac
import re

from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "notifications.reply"
TOKEN = re.compile(r"\+([a-z]+-\d{1,12})-([0-9a-f]{16})@", re.IGNORECASE)
OUR_ID = re.compile(r"<oms-(\d{1,18})-[a-z._]+@[^>\s]+>")


def reply_address(number: str) -> str:
    """Where an answer about order `number` is sent to; empty while no address is set up (OMS_REPLY_ADDRESS)."""
    local, at, domain = settings.REPLY_ADDRESS.rpartition("@")
    return f"{local}+{number.lower()}-{_mark(number, settings.SECRET_KEY)}@{domain}" if at else ""


def order_of_address(address: str) -> str:
    """The order number an address of ours belongs to; empty when the token is missing or not ours."""
    found = TOKEN.search(address)
    if not found:
        return ""
    number, given = found[1].upper(), found[2].lower()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return number if any(hmac.compare_digest(_mark(number, key), given) for key in keys) else ""


def event_of_reference(references: str) -> int | None:
    """The event our message was about, of the Message-IDs an answer refers to."""
    found = OUR_ID.search(references)
    return int(found[1]) if found else None


def _mark(number: str, key: str) -> str:
    return salted_hmac(SALT, number.upper(), secret=key, algorithm="sha256").hexdigest()[:16]
