"""Take low stock on oneself, or put it off until a day: others see who looks after it, and since when."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from inventory.models import StockAlert, StockLevel
from oms.access.models import User
from oms.events.publish import publish
from oms.kernel.clock import business_date, now
from oms.kernel.errors import Refused

LONGEST = timedelta(days=365)


@transaction.atomic
def take_alert(pk: int, *, actor: User, note: str = "", over: bool = False) -> StockAlert:
    """Say that `actor` looks after the alert, with a note. Refuses what is over, and what somebody else looks after unless
    it is taken over from them (`over`)."""
    alert = _lock(pk)
    if alert.taken_by and alert.taken_by_id != actor.pk and not over:
        since = f"{localtime(alert.taken_at):%H:%M on %-d %b}"
        raise Refused("taken", f"{alert.taken_by.display_name} looks after it since {since}. Take it over if need be.")
    if alert.taken_by_id != actor.pk:
        alert.taken_by, alert.taken_at = actor, now()
    alert.note, alert.off_until = note[:200], None
    alert.save(update_fields=["taken_by", "taken_at", "note", "off_until"])
    _say("inventory.alert_taken", alert, actor, note=alert.note)
    return alert


@transaction.atomic
def put_off_alert(pk: int, *, until: date, actor: User, note: str = "") -> StockAlert:
    """Let nobody be bothered by the alert before the day `until`, unless the last unit goes. Who puts it off looks after it.

    Refuses what is over, a day that is none to come, and stock of which nothing is left.
    """
    alert = _lock(pk)
    if not business_date() < until <= business_date() + LONGEST:
        raise Refused("day_impossible", "Choose a day from tomorrow on, within a year.")
    if StockLevel.objects.filter(product=alert.product, location=alert.location, available__lte=0).exists():
        raise Refused(
            "nothing_left", f"Nothing is left of {alert.product.sku} at {alert.location}. That cannot wait; look after it instead."
        )  # fmt: skip
    if alert.taken_by_id != actor.pk:
        alert.taken_by, alert.taken_at = actor, now()
    alert.note, alert.off_until = note[:200], until
    alert.save(update_fields=["taken_by", "taken_at", "note", "off_until"])
    _say("inventory.alert_put_off", alert, actor, until=str(until), note=alert.note)
    return alert


@transaction.atomic
def give_back_alert(pk: int, *, actor: User) -> StockAlert:
    """Let the alert be everybody's again, put off or not."""
    alert = _lock(pk)
    if alert.taken_by_id is not None:
        alert.taken_by = alert.taken_at = alert.off_until = None
        alert.note = ""
        alert.save(update_fields=["taken_by", "taken_at", "note", "off_until"])
        _say("inventory.alert_given_back", alert, actor)
    return alert


def _lock(pk: int) -> StockAlert:
    rows = StockAlert.objects.select_for_update(of=("self",)).select_related("product", "location", "taken_by")
    alert = rows.filter(pk=pk).first()
    if alert is None:
        raise Refused("alert_not_found", "There is no such alert.")
    if alert.cleared_at:
        raise Refused("enough_again", f"There is enough of {alert.product.sku} at {alert.location} again.")
    return alert


def _say(name: str, alert: StockAlert, actor: Any, **payload: Any) -> None:
    sku, place = alert.product.sku, alert.location.code
    publish(name, subject=sku[:60], stream=f"alert-{alert.pk}", actor=actor, sku=sku, location=place, **payload)
