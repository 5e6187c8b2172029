"""What receivers of webhooks answered (oms.kernel.personal)."""

from oms.kernel.personal import of_order

of_order("webhooks.WebhookDelivery", "stream", "Webhooks")
