"""Write to those who want to know of low stock: claim and commit, mail with no transaction open, then book it."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db.models import F, Q

from inventory.models import AlertWatch, StockAlert
from oms.access.models import User
from oms.kernel.clock import now

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
MOST, TRIES = 200, 6


def mail_alerts() -> int:
    """One mail per person about every new alert at a place they see; return how many mails went out.

    A worker that dies leaves its alerts to the next after five minutes: somebody may be told twice, nobody never.
    What cannot be mailed in six tries stays on the page and is given up.
    """
    until = now() + LEASE
    due = Q(mailed_at__isnull=True, mail_attempts__lt=TRIES) & (Q(mail_until__isnull=True) | Q(mail_until__lt=now()))
    wanted = list(StockAlert.objects.filter(due).order_by("pk").values_list("pk", flat=True)[:MOST])
    StockAlert.objects.filter(due, pk__in=wanted).update(mail_until=until, mail_attempts=F("mail_attempts") + 1)
    mine = StockAlert.objects.filter(pk__in=wanted, mail_until=until, mailed_at__isnull=True)
    alerts = list(mine.select_related("product", "location").order_by("location__rank", "product__sku"))
    if not alerts:
        return 0
    sent = 0
    for watch in AlertWatch.objects.select_related("user").filter(user__is_active=True).exclude(user__email=""):
        try:
            sent += _write(watch.user, alerts)
        except (SMTPException, OSError, ValueError) as error:
            log.warning("low stock not mailed to %s: %s", watch.user_id, error)
            return sent  # the lease runs out and it is tried again
    mine.update(mailed_at=now(), mail_until=None)
    return sent


def _write(user: User, alerts: list[StockAlert]) -> int:
    seen = [a for a in alerts if not user.location_codes or a.location.code in user.location_codes]
    if not seen:
        return 0
    lines = [f"{a.product.sku} {a.product.name}: {a.available} at {a.location.name}, below {a.threshold}" for a in seen]
    body = "\n".join([*lines, "", "What to order, and why: Purchases, Suggestions."])
    count = f"{len(seen)} SKUs are" if len(seen) > 1 else f"{seen[0].product.sku} is"
    headers = {"Message-ID": f"<alert-{seen[-1].pk}-{user.pk}@stock.oms>", "Auto-Submitted": "auto-generated"}
    EmailMessage(
        subject=f"Low stock: {count} below the safety stock", body=body, to=[user.email], headers=headers
    ).send()
    return 1
