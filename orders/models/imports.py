"""One delivery of files and what became of it: checked first, imported when a person says so."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from oms.kernel.models import one_of
from oms.kernel.runs import Asked


class ImportGoal(models.TextChoices):
    CHECK = "check", "Check"
    IMPORT = "import", "Import"
    UNDO = "undo", "Undo"


class ImportBatch(Asked, models.Model):
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
    # How the file's columns become our fields, as decided for this batch; None where the layout is a known one.
    matching = models.JSONField(null=True, blank=True)
    preview = models.JSONField(default=dict, blank=True)  # {"columns": [...], "rows": [[...], ...]} of the first file
    check_skus = models.BooleanField(default=False)  # unknown SKUs are rows to fix, whatever the channel says
    # [[file, row], ...] the last import left out; None before the first one ran through. Later runs concern these alone.
    left_out = models.JSONField(null=True, blank=True)
    keep_moved = models.BooleanField(default=False)  # the undo leaves orders that moved instead of refusing
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    forgotten_at = models.DateTimeField(null=True)  # when the files themselves went; figures, orders and undo stay
    erased_at = models.DateTimeField(null=True)  # when somebody was last taken out of the files or of cells put right

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
        """waiting, checking, importing, undoing, failed, checked, stopped, done or undone."""
        if self.finished_at is None:
            if self.goal == ImportGoal.UNDO:
                return "undoing"
            if self.seen_at is None:
                return "waiting"
            return "checking" if self.goal == ImportGoal.CHECK else "importing"
        if self.undone_at:
            return "undone"
        if self.goal == ImportGoal.UNDO:
            return "done"  # and `error` says why it could not be undone
        if self.error:
            return "failed"
        if self.goal == ImportGoal.CHECK:
            return "checked"
        return "stopped" if self.done < self.total else "done"

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def to_write(self) -> int:
        """How many orders an import would create or change."""
        return self.created + self.updated

    @property
    def is_mending(self) -> bool:
        """The file is in; what runs now concerns only the orders that were left out."""
        return self.left_out is not None

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
    """One cell that keeps its order out, and why: `row` counts like a spreadsheet (header = 1)."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rejects")
    file = models.CharField(max_length=120, blank=True)
    row = models.PositiveIntegerField(default=0)
    column = models.CharField(max_length=200, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    suggestion = models.CharField(max_length=200, blank=True, db_default="", default="")
    cells = models.JSONField(default=dict, blank=True)  # the whole row, column by column; empty for the file itself

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"row {self.row}: {self.reason}"

    @property
    def is_editable(self) -> bool:
        return self.column in self.cells

    @property
    def in_cell(self) -> str:
        """What the cell holds, whole."""
        return self.cells.get(self.column, self.value)


class ImportFix(models.Model):
    """One cell put right by a person. The file stays as it came; the latest fix of a cell counts. Never changed; when
    the file is kept no longer, what it said goes too."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="fixes")
    file = models.CharField(max_length=120)
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.file} {self.row} {self.column}: {self.before} -> {self.after}"


class ImportOutcome(models.TextChoices):
    CREATED = "created", "Created"
    UPDATED = "updated", "Updated"


class ImportedOrder(models.Model):
    """What a batch did to an order, written in the transaction that did it.

    `seq` is the last event of the order at that moment: whatever comes later was somebody's work on it.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="imported")
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="imports")
    outcome = models.CharField(max_length=10, choices=ImportOutcome)
    seq = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            one_of("imported_outcome_known", "outcome", ImportOutcome),
            models.UniqueConstraint(fields=["batch", "order"], name="imported_once_per_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.order_id} {self.outcome}"


class ImportMapping(models.Model):
    """How the columns of one source become our fields, kept by channel and the columns' signature, and offered again."""

    channel_code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    signature = models.CharField(max_length=64)
    matching = models.JSONField()
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["channel_code", "signature"], name="import_mapping_once"),
            models.UniqueConstraint(fields=["channel_code", "name"], name="import_mapping_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
