"""What we put together ourselves: components leave the shelf, the product comes onto it."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from inventory.models.stock import Location, Product
from inventory.querysets import AssemblyQuerySet
from inventory.states import AssemblyLifecycle, AssemblyStatus
from oms.kernel.models import one_of


class Assembly(AssemblyLifecycle):
    """`qty` units of a product to be put together at a place, expected on the day `eta`. Its row is its lock.

    Its open units are incoming there from the day it is planned. Begun, the components of all of them are off the shelf.
    """

    number = models.CharField(max_length=30, unique=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="assemblies")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()
    qty_done = models.PositiveIntegerField(default=0)
    qty_cancelled = models.PositiveIntegerField(default=0)
    qty_open = models.GeneratedField(
        expression=F("qty") - F("qty_done") - F("qty_cancelled"), output_field=models.IntegerField(), db_persist=True
    )
    eta = models.DateField("planned for")
    note = models.CharField(max_length=500, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=80)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    status_since = models.DateTimeField(default=timezone.now)

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            one_of("assembly_status_known", "status", AssemblyStatus),
            models.CheckConstraint(name="assembly_qty_positive", condition=Q(qty__gt=0)),
            models.CheckConstraint(name="assembly_within", condition=Q(qty__gte=F("qty_done") + F("qty_cancelled"))),
            models.CheckConstraint(
                name="assembly_done_was_begun", condition=Q(qty_done=0) | Q(started_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["status", "eta", "id"], name="assembly_status_eta"),
            models.Index(fields=["product"], name="assembly_open", condition=Q(qty_open__gt=0)),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("assemblies:detail", args=[self.number])


class AssemblyPart(models.Model):
    """`qty` units of a component go into each unit."""

    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="parts")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    qty = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assembly", "product"], name="assembly_part_once"),
            models.CheckConstraint(name="assembly_part_positive", condition=Q(qty__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.qty} of {self.product_id} in {self.assembly_id}"
