"""What operations remember: the last sign of life of the background workers, and what the audits found."""

from django.db import models


class Heartbeat(models.Model):
    """Written by a task, so it proves that broker, worker and database work together."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AuditRun(models.Model):
    """One recorded run of the doctor: how many rows broke which check (`counts` has no check without findings)."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    checks = models.PositiveSmallIntegerField()
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}: {self.found}"

    @property
    def found(self) -> int:
        return sum(self.counts.values())


class AuditFinding(models.Model):
    """A row that breaks a check: `since` the first run that named it, until one does not (`gone_at`). Admins are told once.

    The first hundred of a check are kept; the run counts them all.
    """

    check_code = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    detail = models.CharField(max_length=500)
    since = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    mail_until = models.DateTimeField(null=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["check_code", "subject"], name="audit_finding_once")]
        indexes = [models.Index(fields=["check_code", "since"], name="audit_open", condition=models.Q(gone_at=None))]

    def __str__(self) -> str:
        return f"{self.check_code}: {self.subject}"
