"""What is left of personal data about money: references of banks and gateways stay, where a refund was sent to does not."""

from oms.kernel.personal import left_of, said

left_of("payments.Payment", "Payments", note=said)
left_of("payments.Refund", "Refunds", way_to=said, way_reason=said)
