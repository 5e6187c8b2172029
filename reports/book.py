"""Every report there is, by its key."""

from reports.queries import payments, pending, sources, stock, touch, turnaround
from reports.queries.base import Report

REPORTS: dict[str, Report] = {m.REPORT.key: m.REPORT for m in (sources, pending, payments, turnaround, touch, stock)}
