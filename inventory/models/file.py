"""A file of products or stock that somebody brought, and what became of it: checked first, written when a person says so."""

from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from django.utils import timezone

from oms.kernel.models import one_of
from oms.kernel.runs import Asked


class FileKind(models.TextChoices):
    PRODUCTS = "products", "Products"
    STOCK = "stock", "Stock levels"


class FileGoal(models.TextChoices):
    CHECK = "check", "Check"
    WRITE = "write", "Import"


@dataclass(frozen=True)
class CellRefused:
    """A cell that keeps its row out; `is_editable` when the file has such a column and the whole cell is shown."""

    row: int
    column: str
    value: str
    reason: str
    is_whole: bool = True
    is_editable: bool = False


class StockFileQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever works for some places only sees their own files: another's may name other places."""
        return self.filter(created_by=user) if user.location_codes else self

    def without_contents(self):
        return self.defer("content", "rejects_file")


class StockFile(Asked, models.Model):
    """The figures are those of the last run that ended; after a check they say what would happen.

    Kept in the database: the worker may run on another machine than the web process.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=10, choices=FileKind)
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    goal = models.CharField(max_length=10, choices=FileGoal, default=FileGoal.CHECK)
    leave_out = models.BooleanField(default=False)  # write the others when rows cannot be taken
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)  # when a worker took it
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    rows = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    units = models.BigIntegerField(default=0)  # of stock: the sum of all differences
    rejected = models.PositiveIntegerField(default=0)
    unread = models.JSONField(default=list)  # names of columns that say nothing to us
    columns = models.JSONField(default=list)  # those that are read
    shown = models.JSONField(
        default=list
    )  # the first cells that cannot be taken: [row, column, value, reason, whether that is all of it]
    rejects_file = models.TextField(blank=True)  # all rows that cannot be taken, as CSV that goes in when mended
    fixes = models.JSONField(default=list)  # cells put right here: [row, column, before, after, who, when]
    left_out = models.JSONField(default=list)  # rows that the last import left out: what is mended then are these alone
    forgotten_at = models.DateTimeField(null=True)  # when the file itself went, long after; the figures stay

    objects = StockFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            one_of("stock_file_kind_known", "kind", FileKind),
            one_of("stock_file_goal_known", "goal", FileGoal),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], name="stock_file_unfinished", condition=models.Q(finished_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("stockfiles:detail", args=[self.number])

    @property
    def phase(self) -> str:
        """waiting, checking, writing, failed, checked or done."""
        if self.finished_at is None:
            if self.seen_at is None:
                return "waiting"
            return "checking" if self.goal == FileGoal.CHECK else "writing"
        if self.error:
            return "failed"
        return "checked" if self.goal == FileGoal.CHECK else "done"

    @property
    def rejects(self) -> list["CellRefused"]:
        return [CellRefused(*entry, is_editable=entry[1] in self.columns and all(entry[4:])) for entry in self.shown]

    @property
    def is_mending(self) -> bool:
        """Whether its figures are those of the rows that an import had left out."""
        return bool(self.left_out) and self.phase != "done"

    @property
    def to_write(self) -> int:
        """How many products or levels an import would create or change."""
        return self.created + self.changed
