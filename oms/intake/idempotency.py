"""Do a request once: the key is stored in the same transaction as what it did."""

from collections.abc import Callable
from hashlib import sha256

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from oms.intake.models import ApiKey
from oms.intake.problem import problem
from oms.kernel.clock import now
from oms.kernel.db import fetch

LOCK = 7_301  # advisory lock class of idempotency keys

# Held until the transaction ends; a second request sees at once that the first is in flight instead of queueing.
HOLD = """
SELECT pg_try_advisory_xact_lock(%s::int, hashtext(%s)), k.request_hash, k.status_code, k.body
FROM (SELECT 1) AS one LEFT JOIN intake_idempotencykey k ON k.api_key_id = %s::bigint AND k.key = %s
"""
KEEP = """
INSERT INTO intake_idempotencykey (api_key_id, key, request_hash, status_code, body, created_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (api_key_id, key) DO NOTHING RETURNING id
"""


class _AnsweredMeanwhile(Exception):
    """The first request committed after our statement's snapshot and before it got the lock."""


def once(request: HttpRequest, key: ApiKey, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run `act` unless this key has been answered: then give the same bytes again.

    `Idempotency-Key` is required (400). The same key with another body is refused (422); while the first request is
    still running, 409. Answers from 500 up are not kept, so that a retry really tries.
    """
    name = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(name) <= 255:
        return problem(400, "idempotency_key_missing", "Send an Idempotency-Key header of 1 to 255 characters.")
    digest = sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    try:
        return _once(key, name, digest, act)
    except _AnsweredMeanwhile:
        return _once(key, name, digest, act)  # what we did is rolled back; now the answer is there to be read


@transaction.atomic
def _once(key: ApiKey, name: str, digest: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    ours, seen_digest, status, body = fetch(HOLD, [LOCK, f"{key.pk}:{name}", key.pk, name])[0]
    if not ours:
        return problem(
            409, "in_flight", "A request with this Idempotency-Key is still being answered; try again shortly."
        )
    if seen_digest:
        return _again(seen_digest == digest, status, bytes(body))
    answer = act()
    if answer.status_code >= 500:
        transaction.set_rollback(True)
    elif not fetch(KEEP, [key.pk, name, digest, answer.status_code, answer.content, now()]):
        raise _AnsweredMeanwhile
    return answer


def _again(is_same: bool, status: int, body: bytes) -> HttpResponse:
    if not is_same:
        return problem(
            422, "idempotency_key_reused", "This Idempotency-Key was used with another request; use a new one."
        )
    kind = "application/json" if status < 400 else "application/problem+json"
    return HttpResponse(body, status=status, content_type=kind, headers={"Idempotent-Replay": "true"})
