"""Who really sent it: the Standard Webhooks scheme (webhook-id, webhook-timestamp, webhook-signature).

The signature is base64(HMAC-SHA256(secret, "{id}.{timestamp}.{body}")) behind "v1,"; several may stand in the header, one must
match. Secrets look like whsec_<base64> and are derived from the house's own key, so none is stored.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings

from oms.intake.models import Connection
from oms.kernel.clock import now
from oms.kernel.errors import Refused

TOLERANCE = 300  # seconds between their clock and ours


def secret_of(connection: Connection) -> str:
    """What the sender signs with; shown to admins on the connection's page."""
    return _secret(settings.SECRET_KEY, connection)


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header's value for one message, as a sender makes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def verify(connection: Connection, *, message_id: str, timestamp: str, signatures: str, body: bytes) -> None:
    """Refuse messages that are unsigned, signed by somebody else, or older than five minutes."""
    if not message_id or len(message_id) > 200 or not timestamp.isdecimal() or len(timestamp) > 12:
        raise Refused(
            "signature_missing", "Send webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature."
        )
    if abs(now().timestamp() - int(timestamp)) > TOLERANCE:
        raise Refused("timestamp_stale", "The timestamp is more than five minutes away from our clock.")
    offered = [s.encode() for s in signatures.split(" ") if s.startswith("v1,")]
    for secret in _secrets(connection):
        expected = sign(secret, message_id, int(timestamp), body).encode()
        if any(hmac.compare_digest(expected, given) for given in offered):
            return
    raise Refused("signature_wrong", "The signature does not match the body and this connection's secret.")


def _secrets(connection: Connection) -> Iterator[str]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _secret(key, connection)


def derived(key: str, told: str) -> str:
    """A secret of the scheme's shape, made from the house's `key` for what `told` names."""
    return "whsec_" + base64.b64encode(hmac.new(key.encode(), told.encode(), hashlib.sha256).digest()).decode()


def _secret(key: str, connection: Connection) -> str:
    return derived(key, f"connection:{connection.code}:{connection.generation}")
