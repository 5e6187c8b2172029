"""The secret of an endpoint and the headers of one message, by the Standard Webhooks scheme (`oms.intake.signing`)."""

from django.conf import settings

from oms.intake.signing import derived, sign
from oms.webhooks.models import WebhookDelivery, WebhookEndpoint


def secret_of(endpoint: WebhookEndpoint) -> str:
    """What the receiver checks with; shown to admins on the endpoint's page."""
    return _secret(settings.SECRET_KEY, endpoint)


def headers_of(delivery: WebhookDelivery, *, timestamp: int, body: bytes) -> dict[str, str]:
    """One signature by the house's key and one by each former key, so that changing it breaks no receiver."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signatures = [sign(_secret(k, delivery.endpoint), delivery.message_id, timestamp, body) for k in keys]
    return {
        "Content-Type": "application/json", "User-Agent": "OMS-Webhooks/1", "webhook-id": delivery.message_id,
        "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures),
    }  # fmt: skip


def _secret(key: str, endpoint: WebhookEndpoint) -> str:
    return derived(key, f"webhook:{endpoint.pk}:{endpoint.generation}")
