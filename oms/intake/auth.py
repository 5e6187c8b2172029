"""API keys: `Authorization: Bearer oms_…`, found by hash, with scopes."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from oms.intake.models import ApiKey, hash_key
from oms.intake.problem import problem
from oms.kernel.clock import now

SEEN_EVERY = timedelta(minutes=5)


class KeyAuth(HttpBearer):
    """The request's ApiKey, or a 401. Looked up on every request: a revoked key stops working at once."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        key = ApiKey.objects.select_related("user").filter(key_hash=hash_key(token)).first()
        if key is None or not key.is_usable():
            return None
        at = now()
        if key.last_used_at is None or key.last_used_at < at - SEEN_EVERY:
            stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - SEEN_EVERY)
            ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)
        return key


def lacks_scope(key: Any, scope: str) -> HttpResponse | None:
    """A 403 problem naming the missing scope, or None when the key has it."""
    if scope in key.scopes:
        return None
    return problem(403, "scope_missing", f"This key lacks the scope {scope}; an admin can add it.")
