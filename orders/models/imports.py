"""One delivery of files and what became of it: checked first, imported when a person says so."""

from datetime import timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone

from oms.kernel.clock import now
from oms.kernel.models import one_of

# A run that has not spoken for this long belongs to a worker that died; the next one takes over.
SILENCE = timedelta(seconds=90)


class ImportGoal(models.TextChoices):
    CHECK = "check", "Check"
    IMPORT = "import", "Import"


class ImportBatch(models.Model):
    """Files of one format for one channel. `done` of `total` orders is live while a worker is at it.

    What the last finished run found stands in rows, orders, created, updated, unchanged and rejected; after a check
    the same words mean what would happen.
    """

    number = models.CharField(max_length=20, unique=True)
    channel_code = models.CharField(max_length=40)
    format_key = models.CharField(max_length=20, blank=True)  # empty until the check has found it out
    goal = models.CharField(max_length=10, choices=ImportGoal, default=ImportGoal.CHECK)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)  # last sign of life of the worker
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    error = models.CharField(max_length=500, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        constraints = [one_of("import_goal_known", "goal", ImportGoal)]
        indexes = [
            models.Index(fields=["asked_at"], name="import_unfinished", condition=models.Q(finished_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.number])

    @property
    def phase(self) -> str:
        """waiting, checking, importing, failed, checked, stopped or done."""
        if self.finished_at is None:
            if self.seen_at is None:
                return "waiting"
            return "checking" if self.goal == ImportGoal.CHECK else "importing"
        if self.error:
            return "failed"
        if self.goal == ImportGoal.CHECK:
            return "checked"
        return "stopped" if self.done < self.total else "done"

    @property
    def is_running(self) -> bool:
        return self.finished_at is None

    @property
    def is_silent(self) -> bool:
        """Asked for a while ago and no worker has said anything since."""
        return self.is_running and (self.seen_at or self.asked_at) < now() - SILENCE

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def to_write(self) -> int:
        """How many orders an import would create or change."""
        return self.created + self.updated

    @property
    def file_names(self) -> str:
        return ", ".join(f.name for f in self.files.all())


class ImportFile(models.Model):
    """A file as it was uploaded. Kept in the database: the worker may run on another machine than the web process."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    size = models.PositiveIntegerField()  # bytes

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One order that was left out, and why: `row` counts like a spreadsheet (header = 1)."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejects")
    file = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(default=0)
    column = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"
