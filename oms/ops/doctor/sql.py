"""Checks written as one query: each row it returns is a finding."""

from collections.abc import Iterator

from oms.kernel.db import fetch
from oms.ops.doctor.registry import Finding


def findings(sql: str) -> Iterator[Finding]:
    """Rows of (subject, detail) as findings; `sql` has no parameters, so that its plan is as good for every run."""
    for subject, detail in fetch(sql.replace("%", "%%")):
        yield Finding(str(subject), str(detail))
