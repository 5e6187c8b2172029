"""Every report there is, by its key."""

from reports.queries import payments, pending, sla, sources, stock, touch, turnaround, turnover
from reports.queries.base import Report

ALL = (
    *(m.REPORT for m in (sources, pending, payments, turnaround, sla, touch, stock)),
    turnover.TURNOVER,
    turnover.DEAD,
)
REPORTS: dict[str, Report] = {report.key: report for report in ALL}
