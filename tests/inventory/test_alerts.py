"""Alerts of low stock: raised once, seen by those concerned, mailed to those who asked, cleared when there is enough."""

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction

from inventory.actions.adjust import receive_stock
from inventory.actions.alert import check_levels, watch_stock
from inventory.actions.alert_mail import mail_alerts
from inventory.actions.safety import set_safety_stock
from inventory.models import Location, Product, StockAlert
from inventory.tasks import watch_levels
from oms.events.models import Event
from oms.kernel.clock import business_date, now, time_is
from oms.kernel.errors import Refused
from tests.conftest import person
from tests.inventory.buying import sent
from tests.stories import placed


def test_from_the_last_unit_too_many_to_enough_again(shop, client, ana, bo):
    """One alert however often it is looked at; on the home, on its page, in the mail; then over."""
    set_safety_stock("MUG", location="pune", qty=8, actor=bo)
    assert check_levels() == (0, 0), "ten are above eight"
    placed(("MUG", 4))
    with pytest.raises(Refused, match="no e-mail address"):
        watch_stock(bo, on=True)
    bo.email = "bo@example.test"
    bo.save()
    client.force_login(bo)
    assert "You get a mail" in client.post("/stock/alerts/watching/", {"on": "yes"}, follow=True).content.decode()
    watch_stock(person("dev", "warehouse", email="dev@example.test", location_codes=["delhi"]), on=True)
    assert watch_levels() == 1
    assert (watch_levels(), len(mail.outbox)) == (0, 1), "raised once, mailed once"
    assert mail.outbox[0].to == ["bo@example.test"], "and not to those who do not see Pune"
    assert "MUG Blue mug: 6 at Pune, below 8" in mail.outbox[0].body
    event = Event.objects.get(name="inventory.fell_below")
    assert (event.payload["location"], event.payload["available"], event.payload["threshold"]) == ("pune", 6, 8)
    for page in ("/stock/alerts/", "/stock/alerts/?view=uncovered", "/?as=warehouse"):
        text = client.get(page).content.decode()
        assert "of at least 8" in text and "Pune" in text, page
    sent(("MUG", 20, 3), actor=bo)
    assert "MUG" not in client.get("/stock/alerts/?view=uncovered").content.decode().split('id="rows"')[1]
    client.force_login(ana)
    assert "of at least 8" not in client.get("/").content.decode(), "the warehouse's home, not that of sales"
    receive_stock("MUG", location="pune", qty=2, source="van", actor=bo)
    assert check_levels() == (0, 1)
    assert StockAlert.objects.get().cleared_at is not None
    assert Event.objects.filter(name="inventory.enough_again").count() == 1
    assert "until" in client.get("/stock/alerts/?view=past").content.decode()
    placed(("MUG", 1))
    assert check_levels() == (1, 0), "low again is a new alert"
    set_safety_stock("MUG", location="pune", qty=0, actor=bo)
    assert check_levels() == (0, 1), "nobody wants to know any more"


def test_a_mail_server_that_is_down_is_tried_again_and_forgets_nobody(shop, bo, monkeypatch):
    bo.email = "bo@example.test"
    bo.save()
    watch_stock(bo, on=True)
    set_safety_stock("MUG", location="pune", qty=50, actor=bo)
    check_levels()
    real = EmailMessage.send

    def down(self, *args, **kwargs):
        raise SMTPException("down")

    monkeypatch.setattr(EmailMessage, "send", down)
    assert mail_alerts() == 0
    assert StockAlert.objects.get().mailed_at is None
    monkeypatch.setattr(EmailMessage, "send", real)
    assert mail_alerts() == 0, "its lease still runs: somebody may be at it"
    StockAlert.objects.update(mail_until="2026-01-01T00:00Z")
    assert (mail_alerts(), mail_alerts(), len(mail.outbox)) == (1, 0, 1)
    watch_stock(bo, on=False)


def test_the_database_takes_one_open_alert_and_none_that_is_no_alert(shop):
    facts = {"product": Product.objects.get(sku="MUG"), "location": Location.objects.get(code="pune"), "threshold": 5}
    with pytest.raises(IntegrityError, match="alert_was_below"), transaction.atomic():
        StockAlert.objects.create(**facts, available=5)
    StockAlert.objects.create(**facts, available=4)
    with pytest.raises(IntegrityError, match="alert_one_open"), transaction.atomic():
        StockAlert.objects.create(**facts, available=3)


def test_who_looks_after_it_is_seen_and_putting_off_ends_with_the_day_or_the_last_unit(shop, client, ana, bo):
    set_safety_stock("MUG", location="pune", qty=50, actor=bo)
    check_levels()
    alert = StockAlert.objects.get()
    page, listed = f"/stock/alerts/{alert.pk}/", "/stock/alerts/?view="

    def count(view: str) -> int:
        return len(client.get(listed + view).context["rows"])

    client.force_login(ana)
    assert client.post(page, {"how": "take"}).status_code == 403
    client.force_login(bo)
    client.post(page, {"how": "take", "note": "Ordered on Monday"})
    assert count("mine") == 1
    assert "Bo looks after it" in client.get("/?as=warehouse").content.decode()
    dev = person("dev", "warehouse")
    client.force_login(dev)
    assert "Ordered on Monday" in client.get("/stock/alerts/").content.decode()
    answer = client.post(page, {"how": "take"})
    assert answer.status_code == 422
    assert "Bo looks after it since" in answer.content.decode()
    assert "</b> looks after it, for" in answer.content.decode()
    client.post(page, {"how": "take-over", "note": "Bo is away"})
    tomorrow = business_date() + timedelta(days=1)
    for wrong in ("", str(business_date()), "2199-01-01"):
        assert "Enter the day" in (said := client.post(page, {"how": "put-off", "until": wrong}).content.decode()) or (
            "from tomorrow on" in said
        )
    client.post(page, {"how": "put-off", "until": str(tomorrow)})
    assert (count("low"), count("uncovered"), count("off"), count("mine")) == (0, 0, 1, 1)
    assert check_levels() == (0, 0), "still one alert"
    with time_is(now() + timedelta(days=1)):
        assert (count("low"), count("off")) == (1, 0), "its day has come"
    placed(("MUG", 15))
    check_levels()
    assert (count("low"), Event.objects.filter(name="inventory.alert_came_back").count()) == (1, 1), (
        "the last unit went"
    )
    assert "Nothing is left" in client.post(page, {"how": "put-off", "until": str(tomorrow)}).content.decode()
    client.post(page, {"how": "give-back"})
    alert.refresh_from_db()
    assert (alert.taken_by, alert.note) == (None, "")
    set_safety_stock("MUG", location="pune", qty=0, actor=bo)
    check_levels()
    assert "enough of MUG" in client.post(page, {"how": "take"}).content.decode()
    over = client.get(page).content.decode()
    assert "There is enough again" in over and "I look after it" not in over
