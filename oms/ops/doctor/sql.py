"""Checks written as one query: each row it returns is a finding."""

from collections.abc import Iterator

from django.db import connection

from oms.ops.doctor.registry import Finding


def findings(sql: str) -> Iterator[Finding]:
    """Rows of (subject, detail) as findings."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for subject, detail in cursor.fetchall():
            yield Finding(str(subject), str(detail))
