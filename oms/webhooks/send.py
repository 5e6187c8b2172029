"""Send what is due: claim and commit, call with no transaction open, then book the result."""

import logging
import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from oms.kernel.clock import now
from oms.kernel.text import storable
from oms.webhooks.call import Answer, post
from oms.webhooks.models import KEEP_TRYING, WebhookDelivery, WebhookEndpoint, WebhookStatus
from oms.webhooks.payload import body_of
from oms.webhooks.signing import headers_of

log = logging.getLogger(__name__)
BACKOFF = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800)  # seconds before attempts 2, 3, ...; the last one repeats
REST = (10, 20, 40, 80, 160, 300)  # seconds an endpoint is left alone after its 1st, 2nd, ... failure in a row
LEASE = timedelta(minutes=2)  # longer than the slowest call with the slowest name lookup
GONE = 410
BUDGET = 30  # seconds of one run; the next sweep goes on


@dataclass(frozen=True)
class Claim:
    """A delivery in our hands until `until`; after that another worker may take it."""

    delivery: WebhookDelivery
    until: datetime


def send_due_webhooks(limit: int = 500) -> int:
    """Send up to `limit` due deliveries, one claim each; return how many were attempted."""
    done, ends = 0, time.monotonic() + BUDGET
    while done < limit and time.monotonic() < ends and (claim := _claim_next()):
        _send(claim)
        done += 1
    return done


def replay(ids: list[int]) -> int:
    """Put parked deliveries back in the queue with 72 new hours, and let those that failed be tried at once instead of
    hours from now; return how many."""
    rows, at = WebhookDelivery.objects.filter(pk__in=ids), now()
    sooner = rows.failing().update(next_at=at)  # first, or it would count the parked ones again
    return sooner + rows.parked().update(
        status=WebhookStatus.PENDING, attempts=0, next_at=at, give_up_at=at + KEEP_TRYING
    )


def _claim_next() -> Claim | None:
    with transaction.atomic():
        delivery = (
            WebhookDelivery.objects.due()
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("endpoint", "event")
            .order_by("next_at", "pk")
            .first()
        )
        if delivery is None:
            return None
        delivery.status, delivery.claimed_until = WebhookStatus.SENDING, now() + LEASE
        delivery.attempts += 1
        delivery.save(update_fields=["status", "claimed_until", "attempts"])
        return Claim(delivery, delivery.claimed_until)


def _send(claim: Claim) -> None:
    body = body_of(claim.delivery.event)
    headers = headers_of(claim.delivery, timestamp=int(now().timestamp()), body=body)
    _book(claim, post(claim.delivery.endpoint.url, body, headers))


@transaction.atomic
def _book(claim: Claim, answer: Answer) -> None:
    """Write the result, unless the lease ran out and somebody else has the delivery now."""
    mine = WebhookDelivery.objects.select_for_update().filter(pk=claim.delivery.pk, claimed_until=claim.until).first()
    if mine is None:
        log.warning("webhook delivery %s was taken over while it was being sent", claim.delivery.pk)
        return
    mine.claimed_until, mine.response_status = None, answer.status or None
    mine.response_body, mine.last_error = storable(answer.body)[:1024], storable(answer.error)[:300]
    endpoint = WebhookEndpoint.objects.filter(pk=mine.endpoint_id)
    if not answer.error:
        mine.status, mine.done_at = WebhookStatus.DONE, now()
        endpoint.filter(failures__gt=0).update(failures=0, quiet_until=None)
    else:
        _put_back(mine, answer)
        rest = REST[min(claim.delivery.endpoint.failures, len(REST) - 1)]
        endpoint.update(failures=F("failures") + 1, quiet_until=now() + timedelta(seconds=_about(rest)))
    if answer.status == GONE:
        endpoint.update(is_active=False, off_reason="It answered 410 Gone; switch it on again when it is back.")
    mine.save()


def _put_back(mine: WebhookDelivery, answer: Answer) -> None:
    if answer.status == GONE or now() >= mine.give_up_at:
        mine.status = WebhookStatus.PARKED
        return
    wait = _about(BACKOFF[min(mine.attempts - 1, len(BACKOFF) - 1)])
    mine.status, mine.next_at = WebhookStatus.PENDING, now() + timedelta(seconds=wait)


def _about(seconds: float) -> float:
    """A fifth more or less, so that what failed together does not come back together."""
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311  not a secret
