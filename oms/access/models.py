"""People who work here, and the integrations that act as one."""

from collections.abc import Hashable
from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from simple_history.models import HistoricalRecords

from oms.access.roles import ROLE_OF_TEAM, Role, permissions_of


class User(AbstractUser):
    """A person (or an integration) with one or more roles; the first is the home they land on.

    `channel_codes` and `location_codes` narrow what they see; empty means everything.
    """

    display_name = models.CharField(max_length=80, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    channel_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    location_codes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    keys_enabled = models.BooleanField("single-key shortcuts", default=True)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_roles_known", condition=models.Q(roles__contained_by=Role.values))
        ]

    def save(self, *args, **kwargs) -> None:
        if not self.display_name:
            self.display_name = self.get_full_name() or self.username
        # The admin site asks is_staff; our table says who that is.
        self.is_staff = self.is_superuser or "admin.site" in permissions_of(self.roles)
        super().save(*args, **kwargs)

    @cached_property
    def _held(self) -> frozenset[str]:
        return permissions_of(self.roles)

    def can(self, permission: str) -> bool:
        """Whether one of this person's roles grants `permission` (a key of oms.access.roles.PERMISSIONS)."""
        return self.is_active and (self.is_superuser or permission in self._held)

    @property
    def reach(self) -> Hashable:
        """All that decides which rows this person sees and which of them are theirs to do."""
        return self.pk, self.is_superuser, *map(tuple, (self.roles, self.channel_codes, self.location_codes))

    @property
    def home_role(self) -> str:
        return self.roles[0] if self.roles else (Role.ADMIN if self.is_superuser else Role.SALES)

    @property
    def teams(self) -> list[str]:
        return [team for team, roles in ROLE_OF_TEAM.items() if set(roles) & set(self.roles)]

    @property
    def initials(self) -> str:
        parts = self.display_name.split() or [self.username]
        return "".join(p[0] for p in parts[:2]).upper() if len(parts) > 1 else parts[0][:2].upper()

    def has_perm(self, perm, obj=None) -> bool:
        """Django admin's model permissions: whoever may enter the admin site may configure there."""
        return self.is_active and (self.is_superuser or self.can("admin.site") or super().has_perm(perm, obj))

    def has_module_perms(self, app_label) -> bool:
        return self.is_active and (self.is_superuser or self.can("admin.site"))
