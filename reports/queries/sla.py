"""Kept target times: per stage and the team that had the order in it, what came in, left in time, was late, and how long it took.

A stay is read from the values that the database kept when an order's stage changed (orders.Past), so that no code path can
leave one out. A stage an order only passed through, within one transaction and a second, is no stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from oms.kernel.clock import now
from orders.moves import TEAM_LABELS
from orders.stagebook import stages
from reports.queries.base import Col, Report, Row, Span

# Kind of a number -> what its list is called.
KINDS = {"all": "entered", "in_time": "left in time", "late": "late", "there": "still there"}
SHOWN = 500

# In one stage from `entered` to `gone` (NULL: still there). The team is the one that had it last there: the first value kept
# after the stay, or the order's own. When a stage began is kept with the change that ended it, so told clocks count, too.
LATER = """n.order_id = p.order_id AND n.line_id IS NULL AND n.id > p.id"""
STAYS = f"""
WITH stay AS (
  SELECT o.id, o.number, p.was->>'stage' AS stage, (p.was->>'stage_since')::timestamptz AS entered,
    COALESCE((SELECT (n.was->>'stage_since')::timestamptz FROM orders_past n WHERE {LATER}
      AND jsonb_exists(n.was, 'stage_since') ORDER BY n.id LIMIT 1), o.stage_since) AS gone,
    COALESCE(p.was->>'owner_team', (SELECT n.was->>'owner_team' FROM orders_past n WHERE {LATER}
      AND jsonb_exists(n.was, 'owner_team') ORDER BY n.id LIMIT 1), o.owner_team) AS team, p.id AS past_id, p.tx
  FROM orders_past p JOIN orders_order o ON o.id = p.order_id
  WHERE p.at >= %(start)s AND p.line_id IS NULL AND jsonb_exists(p.was, 'stage')
    AND (p.was->>'stage_since')::timestamptz >= %(start)s AND (p.was->>'stage_since')::timestamptz < %(end)s
    AND NOT o.is_historical {{scope}}
  UNION ALL
  SELECT o.id, o.number, o.stage, o.stage_since, NULL, o.owner_team, NULL, NULL
  FROM orders_order o
  WHERE o.stage_since >= %(start)s AND o.stage_since < %(end)s AND o.next_action <> '' AND NOT o.is_historical {{scope}}
), timed AS (
  SELECT s.*, COALESCE(gone, %(now)s) - entered AS took, make_interval(mins => g.sla_minutes) AS target
  FROM stay s JOIN orders_stage g ON g.key = s.stage
  WHERE s.team <> '' AND s.stage NOT IN ('draft', 'cancelled', 'closed') AND NOT (gone - entered < interval '1 second' AND (
    EXISTS (SELECT 1 FROM orders_past b WHERE b.order_id = s.id AND b.line_id IS NULL AND b.id < s.past_id AND b.tx = s.tx
      AND jsonb_exists(b.was, 'stage'))
    OR EXISTS (SELECT 1 FROM events_event e WHERE e.stream = s.number AND e.seq = 1 AND e.tx = s.tx)))
)
"""  # noqa: S608  constants
SUMS = """
SELECT stage, team, max(target), count(*), count(*) FILTER (WHERE gone IS NOT NULL AND took <= target),
  count(*) FILTER (WHERE took > target), count(*) FILTER (WHERE gone IS NULL),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE gone IS NOT NULL),
  percentile_cont(0.9) WITHIN GROUP (ORDER BY took) FILTER (WHERE gone IS NOT NULL)
FROM timed GROUP BY stage, team
"""
ONLY = {
    "all": "true", "in_time": "gone IS NOT NULL AND took <= target", "late": "took > target", "there": "gone IS NULL",
}  # fmt: skip
LIST = """
SELECT number, entered, gone, took, target FROM timed WHERE stage = %(stage)s AND team = %(team)s AND {only}
ORDER BY took DESC, number LIMIT {most}
"""


@dataclass(frozen=True)
class Stay:
    """One order in one stage; `gone` None: it is still there, `took` so far."""

    number: str
    entered: datetime
    gone: datetime | None
    took: timedelta
    target: timedelta | None

    @property
    def is_late(self) -> bool:
        return self.target is not None and self.took > self.target


def rows(user: Any, span: Span) -> list[Row]:
    found = _ask(SUMS, user, span)
    book = stages()
    found.sort(key=lambda row: (book[row[0]].position, row[1]))
    return [_row(row, span) for row in found]


def stays(user: Any, span: Span, stage: str, team: str, kind: str) -> list[Stay]:
    """The stays behind one number, the longest first, up to SHOWN."""
    sql = LIST.format(only=ONLY[kind], most=SHOWN)
    return [Stay(*row) for row in _ask(sql, user, span, stage=stage, team=team)]


def _ask(sql: str, user: Any, span: Span, **more: Any) -> list[tuple]:
    scope = "AND o.channel_id IN (SELECT c.id FROM orders_channel c WHERE c.code = ANY(%(channels)s))"
    given = {"start": span.start, "end": span.end, "now": now(), "channels": user.channel_codes} | more
    with connection.cursor() as cursor:
        cursor.execute(STAYS.format(scope=scope if user.channel_codes else "") + sql, given)
        return cursor.fetchall()


def _row(found: Sequence[Any], span: Span) -> Row:
    stage, team, target, entered, in_time, late, there, half, tenth = found
    query = {"stage": stage, "team": team, "first": str(span.first), "last": str(span.last)}
    urls = {
        i: f"{reverse('reports:stays')}?{urlencode(query | {'kind': kind})}"
        for i, kind in ((0, "all"), (3, "all"), (4, "in_time"), (5, "late"), (6, "there"))
    }
    if target is None:  # no target: nothing is in time or late, and a blank leads nowhere
        urls = {i: url for i, url in urls.items() if i not in (4, 5)}
        in_time = late = None
    values = (
        stages()[stage].label, TEAM_LABELS.get(team, team), _hours(target), entered, in_time, late, there, _hours(half),
        _hours(tenth),
    )  # fmt: skip
    return Row(values, urls)


def _hours(took: timedelta | None) -> float | None:
    return None if took is None else round(took.total_seconds() / 3600, 1)


REPORT = Report(
    "kept-targets", "Kept target times", "Per stage and team: what came in, left in time, was late; times of what has left. "
    "Targets are today's (Set-up, Stages).",
    (Col("Stage"), Col("Team"), Col("Target", "hours"), Col("Entered", "number", True), Col("Left in time", "number", True),
     Col("Late", "number", True), Col("Still there", "number", True), Col("Median", "hours"), Col("Nine of ten within", "hours")),
    rows, dated_by="entered the stage",
)  # fmt: skip
