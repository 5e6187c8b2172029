"""Do a request once: the key is stored in the same transaction as what it did."""

from collections.abc import Callable
from hashlib import sha256

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from oms.intake.models import ApiKey, IdempotencyKey
from oms.intake.problem import problem

LOCK = 7_301  # advisory lock class of idempotency keys


def once(request: HttpRequest, key: ApiKey, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run `act` unless this key has been answered: then give the same bytes again.

    `Idempotency-Key` is required (400). The same key with another body is refused (422); while the first request is
    still running, 409. Answers from 500 up are not kept, so that a retry really tries.
    """
    name = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(name) <= 255:
        return problem(400, "idempotency_key_missing", "Send an Idempotency-Key header of 1 to 255 characters.")
    digest = sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    with transaction.atomic():
        if not _hold(key.pk, name):
            return problem(
                409, "in_flight", "A request with this Idempotency-Key is still being answered; try again shortly."
            )
        seen = IdempotencyKey.objects.filter(api_key=key, key=name).first()
        if seen:
            return _again(seen, digest)
        answer = act()
        if answer.status_code < 500:
            IdempotencyKey.objects.create(
                api_key=key, key=name, request_hash=digest, status_code=answer.status_code, body=answer.content
            )
        else:
            transaction.set_rollback(True)
    return answer


def _hold(key_id: int, name: str) -> bool:
    # Held until the transaction ends; a second request sees at once that the first is in flight instead of queueing.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK, f"{key_id}:{name}"])
        return bool(cursor.fetchone()[0])


def _again(seen: IdempotencyKey, digest: str) -> HttpResponse:
    if seen.request_hash != digest:
        return problem(
            422, "idempotency_key_reused", "This Idempotency-Key was used with another request; use a new one."
        )
    kind = "application/json" if seen.status_code < 400 else "application/problem+json"
    return HttpResponse(
        bytes(seen.body), status=seen.status_code, content_type=kind, headers={"Idempotent-Replay": "true"}
    )
