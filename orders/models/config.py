"""What admins configure about the desk: words, owners, clocks, and who may make which move."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from oms.access.roles import Role, Team
from oms.kernel.models import one_of
from orders.states import StageKey


class Tone(models.TextChoices):
    NONE = "", "Ink: normal progress"
    REST = "rest", "Grey: nothing to do now"
    WAIT = "wait", "Amber: waits for somebody"
    LATE = "late", "Red: blocked or failed"
    DONE = "done", "Green: finished well"


class Stage(models.Model):
    """People's word for a fixed logical stage. Renaming it changes every page and no rule, filter or report."""

    key = models.CharField(max_length=24, choices=StageKey, unique=True)
    label = models.CharField(max_length=40)
    customer_label = models.CharField(max_length=80, blank=True)
    tone = models.CharField(max_length=8, choices=Tone, blank=True)
    owner_team = models.CharField(max_length=20, choices=Team, blank=True)
    sla_minutes = models.PositiveIntegerField("target minutes in this stage", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position"]
        constraints = [one_of("stage_key_known", "key", StageKey)]

    def __str__(self) -> str:
        return self.label


class SubStage(models.Model):
    """A team's own step inside one stage ("Waiting for carton" inside Packing). Logic never looks at it."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="sub_stages")
    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    owner_team = models.CharField(max_length=20, choices=Team, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["stage__position", "position"]
        verbose_name = "sub-stage"

    def __str__(self) -> str:
        return self.label


class MovePolicy(models.Model):
    """Which roles may make a move of a machine, and whether it needs a reason. `machine` and `move` are fixed by code."""

    machine = models.CharField(max_length=20)
    move = models.CharField(max_length=40)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    reason_required = models.BooleanField(default=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["machine", "move"]
        constraints = [models.UniqueConstraint(fields=["machine", "move"], name="move_policy_once")]
        verbose_name_plural = "move policies"

    def __str__(self) -> str:
        return f"{self.machine}: {self.move}"

    def clean(self) -> None:
        if unknown := set(self.roles) - set(Role.values):
            raise ValidationError({"roles": f"Unknown roles: {', '.join(sorted(unknown))}."})


class HoldReason(models.Model):
    """Why an order may wait, who clears it, and the imperative that clears it ("Get the PIN code")."""

    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    clear_step = models.CharField("what clears it", max_length=80)
    owner_team = models.CharField(max_length=20, choices=Team)
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class CancelReason(models.Model):
    key = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label
