"""The scheduled audit: run the doctor, keep what it found and since when, and tell the admins once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q

from oms.access.models import User
from oms.access.roles import Role
from oms.kernel.actors import as_actor
from oms.kernel.clock import at_hour, business_date, now
from oms.kernel.db import fetch
from oms.kernel.plural import plural
from oms.ops.doctor.registry import CHECKS, Finding, run_all
from oms.ops.models import AuditFinding, AuditRun

LOCK = 5119  # an advisory lock; any number nobody else uses
KEPT, SHOWN, RUNS = 100, 5, 30  # findings kept of one check, shown of it, runs shown
LEASE, TRIES = timedelta(minutes=5), 6
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broken:
    """A check with findings: how many, the first of them, since when the oldest stands."""

    code: str
    title: str
    count: int
    first: list[AuditFinding]
    since: datetime


def audit_if_due() -> AuditRun | None:
    """Audit once a day, from the hour of AUDIT_HOUR on; a night the house slept through is made up for."""
    today = at_hour(business_date(), settings.AUDIT_HOUR)
    due = today if now() >= today else at_hour(business_date() - timedelta(days=1), settings.AUDIT_HOUR)
    if AuditRun.objects.filter(began_at__gte=due).exists():
        return None
    return record_audit(actor="Nightly audit")


@transaction.atomic
def record_audit(*, actor: Any) -> AuditRun | None:
    """Run every check and keep the run with its findings; None when another worker is at it.

    What is found is looked at twice: a row that was only in motion is no finding.
    """
    if not fetch("SELECT pg_try_advisory_xact_lock(%s::bigint)", [LOCK])[0][0]:
        return None
    began = now()
    found = _standing(run_all())
    run = AuditRun.objects.create(
        began_at=began, ended_at=now(), by=as_actor(actor).name, checks=len(CHECKS),
        counts={code: len(rows) for code, rows in found.items()},
    )  # fmt: skip
    _keep(found, began)
    return run


def _standing(found: Mapping[str, list[Finding]]) -> dict[str, list[Finding]]:
    """Those of the findings that a second look names, too; of one row only the first thing said."""
    named = {code: {row.subject for row in rows} for code, rows in found.items() if rows}
    again = run_all(named) if named else {}
    kept = {code: {row.subject: row for row in reversed(rows)} for code, rows in again.items()}
    kept = {code: {s: row for s, row in rows.items() if s in named[code]} for code, rows in kept.items()}
    return {code: list(rows.values())[::-1] for code, rows in kept.items() if rows}


def _keep(found: Mapping[str, list[Finding]], at: datetime) -> None:
    """Bring the kept findings up to date. One that came back after it was gone is new: it is told again."""
    known = {(f.check_code, f.subject): f for f in AuditFinding.objects.all()}
    current = {(code, row.subject[:120]): row for code, rows in found.items() for row in rows[:KEPT]}
    for key, row in current.items():
        finding = known.get(key) or AuditFinding(check_code=key[0], subject=key[1], since=at)
        if finding.gone_at:
            finding.since, finding.gone_at, finding.mailed_at, finding.mail_attempts = at, None, None, 0
        finding.detail = row.detail[:500]
        finding.save()
    gone = [f.pk for key, f in known.items() if f.gone_at is None and key not in current]
    AuditFinding.objects.filter(pk__in=gone).update(gone_at=at)


def mail_findings() -> int:
    """One mail to each admin about findings nobody was told of; return how many went out.

    A worker that dies leaves them to the next after five minutes: somebody may be told twice, nobody never. What cannot
    be mailed in six tries stays on the page and is given up.
    """
    until = now() + LEASE
    due = Q(gone_at=None, mailed_at=None, mail_attempts__lt=TRIES) & (Q(mail_until=None) | Q(mail_until__lt=now()))
    AuditFinding.objects.filter(due).update(mail_until=until, mail_attempts=F("mail_attempts") + 1)
    mine = AuditFinding.objects.filter(mail_until=until, mailed_at=None)
    findings = list(mine.order_by("check_code", "pk"))
    if not findings:
        return 0
    sent = 0
    for admin in User.objects.filter(is_active=True, roles__contains=[Role.ADMIN]).exclude(email=""):
        try:
            _write(admin, findings)
        except (SMTPException, OSError, ValueError) as error:
            log.warning("audit not mailed to %s: %s", admin.pk, error)
            return sent  # the lease runs out and it is tried again
        sent += 1
    mine.update(mailed_at=now(), mail_until=None)
    return sent


def _write(admin: User, findings: list[AuditFinding]) -> None:
    by_check: dict[str, list[AuditFinding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check_code, []).append(finding)
    lines = []
    for code, rows in by_check.items():
        lines += [f"{title_of(code)} ({code}): {len(rows)}", *(f"  {f.subject}: {f.detail}" for f in rows[:SHOWN]), ""]
    body = "\n".join([*lines, "All of it, and since when: Health, Audit."])
    headers = {"Message-ID": f"<audit-{findings[-1].pk}-{findings[-1].since:%s}-{admin.pk}@audit.oms>",
               "Auto-Submitted": "auto-generated"}  # fmt: skip
    subject = f"Audit: {plural(len(findings), 'new finding')}"
    EmailMessage(subject=subject, body=body, to=[admin.email], headers=headers).send()


def forget_old() -> int:
    """Delete audits and gone findings older than KEEP_DAYS, never the last audit nor what still stands; return how many."""
    before = now() - timedelta(days=settings.KEEP_DAYS)
    last = list(AuditRun.objects.order_by("-began_at").values_list("pk", flat=True)[:1])
    runs, _ = AuditRun.objects.filter(began_at__lt=before).exclude(pk__in=last).delete()
    return runs + AuditFinding.objects.filter(gone_at__lt=before).delete()[0]


def title_of(code: str) -> str:
    """What the check holds the house to; a check this version no longer has is named by its code."""
    return CHECKS[code].title if code in CHECKS else code


def last_audit() -> AuditRun | None:
    return AuditRun.objects.order_by("-began_at").first()


def broken(run: AuditRun | None) -> list[Broken]:
    """What the run found, check by check, with the first rows of each: two statements at most."""
    if run is None or not run.counts:
        return []
    rows: dict[str, list[AuditFinding]] = {}
    for finding in AuditFinding.objects.filter(gone_at=None).order_by("check_code", "since", "pk"):
        rows.setdefault(finding.check_code, []).append(finding)
    return [
        Broken(
            code,
            title_of(code),
            count,
            rows.get(code, [])[:SHOWN],
            min((f.since for f in rows.get(code, [])), default=run.began_at),
        )
        for code, count in run.counts.items()
    ]


def is_overdue(run: AuditRun | None) -> bool:
    """Whether the nightly audit has missed a night."""
    return run is None or run.began_at < now() - timedelta(hours=26)
