"""API keys: `Authorization: Bearer oms_…`, found by hash, with scopes."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from oms.intake.models import ApiKey, hash_key
from oms.intake.problem import problem
from oms.kernel.clock import now
from oms.kernel.load import load_first

SEEN_EVERY = timedelta(minutes=5)
USABLE = (
    "key_hash = %s AND is_active AND (expires_at IS NULL OR expires_at > %s::timestamptz) "
    "AND EXISTS (SELECT 1 FROM access_user u WHERE u.id = user_id AND u.is_active)"
)


class KeyAuth(HttpBearer):
    """The request's ApiKey, or a 401. Looked up on every request: a revoked key stops working at once."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        at = now()
        key = load_first(ApiKey, USABLE, [hash_key(token), at])
        if key is None:
            return None
        if key.last_used_at is None or key.last_used_at < at - SEEN_EVERY:
            stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - SEEN_EVERY)
            ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)
        return key


def lacks_scope(key: Any, scope: str) -> HttpResponse | None:
    """A 403 problem naming the missing scope, or None when the key has it."""
    if scope in key.scopes:
        return None
    return problem(403, "scope_missing", f"This key lacks the scope {scope}; an admin can add it.")
