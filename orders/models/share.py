"""Decisions about scarce stock: who decided, by which rule and why, and what every order had before and after."""

from django.db import models
from django.utils import timezone


class ShareDecision(models.Model):
    """One sharing-out of a product on the fair-share desk. Append-only.

    `rows` is [order number, line id, units wanted, units had, units then] per line, the longest waiting first; `pool`
    are the units there were to share. Units allocated to confirmed orders were no part of it.
    """

    number = models.CharField(max_length=20, unique=True)
    product = models.ForeignKey("inventory.Product", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    pool = models.PositiveIntegerField()
    rows = models.JSONField()
    actor_name = models.CharField(max_length=80)
    actor_user = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.number}: {self.rule}"
