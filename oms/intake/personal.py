"""What came in from outside, and was answered, word for word (oms.kernel.personal)."""

from oms.kernel.personal import beside

beside("intake.InboundMessage", "Messages from other systems", "body", "last_error")
beside("intake.IdempotencyKey", "Answers of the API", "body")
