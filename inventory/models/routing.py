"""Routing policies in versions, what they are tried with, and the record of every choice they made."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from inventory.routing.facts import Otherwise, Split, Strategy
from oms.kernel.models import MoneyField, one_of
from oms.kernel.money import format_money


class PolicyState(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Live"
    RETIRED = "retired", "Retired"


class StrategyChoice(models.TextChoices):
    RANKED = Strategy.RANKED.value, "In the order of places"
    NEAREST = Strategy.NEAREST.value, "Nearest first"
    CHEAPEST = Strategy.CHEAPEST.value, "Cheapest freight first"
    MOST_STOCK = Strategy.MOST_STOCK.value, "Most stock first"
    FEWEST_SPLITS = Strategy.FEWEST_SPLITS.value, "Fewest parcels"
    REGION = Strategy.REGION.value, "Same state first, then same country"


class SplitChoice(models.TextChoices):
    AVOID = Split.AVOID.value, "Only when no place has everything"
    FREE = Split.FREE.value, "Whenever the first place has only part"
    NEVER = Split.NEVER.value, "Never; the rest waits for stock"


class OtherwiseChoice(models.TextChoices):
    NEXT = Otherwise.NEXT.value, "Try the next rule"
    WAIT = Otherwise.WAIT.value, "Wait for stock"


class RoutingPolicy(models.Model):
    """One version of the rules. Drafts are edited; once live, a version never changes again."""

    version = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=PolicyState, default=PolicyState.DRAFT)
    note = models.CharField(max_length=200, blank=True)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "routing policies"
        constraints = [
            one_of("routing_policy_state_known", "state", PolicyState),
            models.UniqueConstraint(fields=["state"], name="routing_policy_one_live", condition=Q(state="active")),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class RoutingRule(models.Model):
    """One rule of a version. `conditions` is a list of {field, test, value}; `places` are location codes in order."""

    policy = models.ForeignKey(RoutingPolicy, on_delete=models.CASCADE, related_name="rules", db_index=False)
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    is_on = models.BooleanField("On", default=True)
    conditions = models.JSONField(default=list, blank=True)
    strategy = models.CharField("Send from", max_length=20, choices=StrategyChoice, default=StrategyChoice.RANKED)
    places = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    max_km = models.PositiveIntegerField("At most km", null=True, blank=True)
    only_open = models.BooleanField("Only places still open that day", default=False)
    split = models.CharField("Split", max_length=10, choices=SplitChoice, default=SplitChoice.AVOID)
    min_percent = models.PositiveSmallIntegerField("A place sends only with % of the units", default=0)
    max_places = models.PositiveSmallIntegerField("Over at most places", null=True, blank=True)
    otherwise = models.CharField(
        "If no place may send", max_length=10, choices=OtherwiseChoice, default=OtherwiseChoice.NEXT
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "position"], name="routing_rule_once", deferrable=models.Deferrable.DEFERRED
            ),
            one_of("routing_strategy_known", "strategy", StrategyChoice),
            one_of("routing_split_known", "split", SplitChoice),
            one_of("routing_otherwise_known", "otherwise", OtherwiseChoice),
            models.CheckConstraint(name="routing_percent", condition=Q(min_percent__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.name}"


class RoutingExample(models.Model):
    """An order that must come from `expected` (location code; empty: must wait) before its version may go live.

    `facts` are channel, country, state, postal_code, tags, total. Every place has the goods but those in `without`.
    """

    policy = models.ForeignKey(RoutingPolicy, on_delete=models.CASCADE, related_name="examples")
    name = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    without = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    expected = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Occasion(models.TextChoices):
    PLACED = "placed", "Placed"
    CONFIRMED = "confirmed", "Confirmed"
    CHANGED = "changed", "Changed"
    ARRIVED = "arrived", "Stock arrived"
    REJECTED = "rejected", "A place refused"
    SHORT = "short", "Short pick"
    UNDONE = "undone", "Undone"
    SHARED = "shared", "Shared out"
    CHOSEN = "chosen", "Chosen by a person"


class RoutingDecision(models.Model):
    """Why an order's units come from where they come: what was looked at, which rule of which version won. Append-only.

    `considered` is [code, name, verdict, detail, score, units there, [[product id, there, wanted], ...]] per place, best
    first; of more than 25 places the rest is counted in `others` {verdict: places}. `passed` is [position, rule, why].
    `sent` is [line id, product id, code, units]; `short` {line id: units}.
    """

    order_number = models.CharField(max_length=30, db_index=True)
    occasion = models.CharField(max_length=12, choices=Occasion)
    at = models.DateTimeField(default=timezone.now)
    policy = models.ForeignKey(RoutingPolicy, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule_position = models.PositiveSmallIntegerField()
    rule_name = models.CharField(max_length=80)
    strategy = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    places = ArrayField(models.CharField(max_length=40), default=list)
    considered = models.JSONField(default=list)
    others = models.JSONField(default=dict)
    passed = models.JSONField(default=list)
    sent = models.JSONField(default=list)
    short = models.JSONField(default=dict)

    class Meta:
        indexes = [BrinIndex(fields=["at"], name="routing_decision_at", autosummarize=True)]
        constraints = [one_of("routing_occasion_known", "occasion", Occasion)]

    def __str__(self) -> str:
        return f"{self.order_number}: {self.reason}"


class FreightRate(models.Model):
    """What one parcel costs from a place to postal codes that begin with `prefix`; the longest prefix counts."""

    location = models.ForeignKey("inventory.Location", on_delete=models.CASCADE, related_name="freight", db_index=False)
    country = models.CharField(max_length=2)
    prefix = models.CharField("postal code begins with", max_length=10, blank=True)
    amount = MoneyField()
    currency = models.CharField(max_length=3)

    class Meta:
        ordering = ["location", "country", "prefix"]
        constraints = [
            models.UniqueConstraint(fields=["location", "country", "prefix"], name="freight_once"),
            models.CheckConstraint(name="freight_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} to {self.country} {self.prefix}: {format_money(self.amount, self.currency)}"


class PostalPoint(models.Model):
    """Where a postal code lies, in degrees. A shorter code is the middle of all codes that begin with it."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=10)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="postal_point_once"),
            models.CheckConstraint(
                name="postal_point_on_earth",
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.code}"


class RoutingReplay(models.Model):
    """A draft tried on past orders, by a worker. Writes nothing but itself.

    `result` holds the figures before and after, `moved` the orders that would come from elsewhere (at most 1,000).
    """

    policy = models.ForeignKey(RoutingPolicy, on_delete=models.CASCADE, related_name="replays")
    against = models.ForeignKey(RoutingPolicy, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    days = models.PositiveSmallIntegerField(default=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    moved = models.JSONField(default=list)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["asked_at"], name="routing_replay_due", condition=Q(finished_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.policy} over {self.days} days"

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0
