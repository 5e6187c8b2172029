"""What audits found, in words that may name a person (oms.kernel.personal)."""

from oms.kernel.personal import beside

beside("ops.AuditFinding", "Findings of audits", "detail")
