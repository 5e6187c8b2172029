"""What hangs on an order: holds, notes, and the views people keep."""

import re

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from oms.access.roles import Role, Team
from oms.kernel.models import Stamped
from orders.models.config import HoldReason


class Hold(models.Model):
    """One reason why an order (or one line of it) waits. An overlay: the order keeps its state underneath."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="holds")
    line = models.ForeignKey("orders.OrderLine", null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    reason = models.ForeignKey(HoldReason, on_delete=models.PROTECT, related_name="+")
    detail = models.CharField(max_length=300, blank=True)
    owner_team = models.CharField(max_length=20, choices=Team)
    placed_by = models.CharField(max_length=80)
    placed_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    cleared_by = models.CharField(max_length=80, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    clear_note = models.CharField(max_length=300, blank=True)
    rule = models.CharField("placed by the check", max_length=20, blank=True, default="", db_default="")
    due_at = models.DateTimeField("decide by", null=True, blank=True)
    score = models.PositiveSmallIntegerField("score of the fraud signals", null=True, blank=True)
    declined_at = models.DateTimeField(
        null=True, blank=True, help_text="Its owners said no; the order is with the team that may cancel it."
    )
    said = models.CharField("last said about it", max_length=400, blank=True, default="", db_default="")

    class Meta:
        ordering = ["placed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "line", "reason"], name="hold_open_once",
                condition=models.Q(cleared_at__isnull=True), nulls_distinct=False,
            )
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["until"], name="hold_until", condition=models.Q(cleared_at__isnull=True, until__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.order_id}"

    @property
    def names(self) -> str:
        """The number of the order that the hold speaks of, or empty."""
        found = re.search(r"\bSO-\d+", self.detail)
        return found.group() if found else ""


class Note(models.Model):
    """What one colleague tells the next. Never shown to the customer."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(max_length=4000)
    author = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    unheard: list[str] | None = None  # why names called in it reach nobody; known right after writing

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.text[:40]


class SavedView(Stamped):
    """A named filter of the orders list: `query` is the page's own query string. Built-in ones have a `key` and no owner."""

    key = models.SlugField(max_length=40, blank=True)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(
        "access.User", null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views"
    )
    is_shared = models.BooleanField(default=False)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    is_urgent = models.BooleanField("count in red", default=False)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="saved_view_key_once", condition=~models.Q(key="")),
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class ListColumns(models.Model):
    """The columns a person wants in the orders list, in their order; no row means the usual ones."""

    user = models.OneToOneField("access.User", on_delete=models.CASCADE, related_name="+")
    keys = ArrayField(models.CharField(max_length=20), default=list)

    def __str__(self) -> str:
        return f"{self.user_id}: {', '.join(self.keys)}"
