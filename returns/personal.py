"""What is left of what customers said about returns (oms.kernel.personal)."""

from oms.kernel.personal import left_of, said

left_of("returns.Return", "Returns", note=said)
left_of("returns.Inspection", note=said)
