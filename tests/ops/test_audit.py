"""The audit: once a night by itself, kept with since when, seen on Health and homes, told to admins once per finding."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from oms.kernel.clock import at_hour, business_date, now, time_is
from oms.ops import audit
from oms.ops.audit import audit_if_due, mail_findings, record_audit
from oms.ops.doctor import registry
from oms.ops.doctor.registry import Check, Finding
from oms.ops.management.commands import doctor
from oms.ops.models import AuditFinding, AuditRun
from oms.ops.tasks import purge_finished
from tests.conftest import person
from tests.orders.desk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(monkeypatch) -> list[Finding]:
    """A check of our own, the only one: what is in the list is broken."""
    found: list[Finding] = []
    monkeypatch.setattr(registry, "CHECKS", {"test.rows": Check("test.rows", "No row is broken", lambda: list(found))})
    monkeypatch.setattr(audit, "CHECKS", registry.CHECKS)
    monkeypatch.setattr(doctor, "CHECKS", registry.CHECKS)
    return found


def test_a_finding_is_kept_since_its_first_run_told_once_and_told_again_when_it_comes_back(rows):
    person("adam", "admin", email="adam@example.test")
    person("olga", "owner", email="olga@example.test")
    start = now()
    rows[:] = [Finding("SO-1", "wrong"), Finding("SO-1", "wrong twice"), Finding("SO-2", "wrong")]
    with time_is(start):
        assert record_audit(actor="Nightly audit").counts == {"test.rows": 2}
        assert (mail_findings(), mail_findings()) == (1, 0)
    with time_is(start + timedelta(days=1)):
        rows[:] = [Finding("SO-2", "worse"), Finding("SO-3", "wrong")]
        record_audit(actor="Nightly audit")
        assert mail_findings() == 1
    assert [m.to for m in mail.outbox] == [["adam@example.test"]] * 2
    assert "SO-3" in mail.outbox[1].body and "SO-2" not in mail.outbox[1].body
    kept = {f.subject: f for f in AuditFinding.objects.all()}
    assert (kept["SO-2"].since, kept["SO-2"].detail, kept["SO-2"].gone_at) == (start, "worse", None)
    assert kept["SO-1"].gone_at == start + timedelta(days=1)
    with time_is(start + timedelta(days=2)):
        rows[:] = [Finding("SO-1", "again")]
        record_audit(actor="Nightly audit")
        assert mail_findings() == 1
    assert AuditFinding.objects.get(subject="SO-1").since == start + timedelta(days=2)


def test_a_row_that_was_only_in_motion_is_no_finding(rows, monkeypatch):
    looks = iter([[Finding("SO-1", "moving"), Finding("SO-2", "wrong")], [Finding("SO-2", "wrong")]])
    monkeypatch.setitem(registry.CHECKS, "test.rows", Check("test.rows", "t", lambda: next(looks)))
    assert record_audit(actor="system").counts == {"test.rows": 1}
    assert AuditFinding.objects.get().subject == "SO-2"


def test_it_runs_once_a_day_from_its_hour_on_and_makes_up_for_a_night(rows, settings):
    settings.AUDIT_HOUR = 4
    at_four = at_hour(business_date(), 4)
    with time_is(at_four + timedelta(minutes=1)):
        assert audit_if_due() and not audit_if_due()
    with time_is(at_four + timedelta(hours=23, minutes=50)):
        assert not audit_if_due()
    with time_is(at_four + timedelta(days=3, hours=-1)):  # two nights asleep
        assert audit_if_due() and not audit_if_due()


def test_a_mail_server_that_is_down_loses_nothing(rows, monkeypatch):
    person("adam", "admin", email="adam@example.test")
    rows[:] = [Finding("SO-1", "wrong")]
    record_audit(actor="system")
    with monkeypatch.context() as down:
        down.setattr("oms.ops.audit._write", lambda *_: (_ for _ in ()).throw(OSError("down")))
        assert mail_findings() == 0
    assert mail_findings() == 0  # somebody else may still be at it
    with time_is(now() + timedelta(minutes=6)):
        assert mail_findings() == 1


def test_health_and_the_owners_home_say_what_is_broken_and_since_when(rows, olga, ana):
    client = signed_in(olga)
    assert "has not run yet" in client.get("/health/audit/").content.decode()
    rows[:] = [Finding("SO-1", "<b>wrong</b>")]
    record_audit(actor=olga)
    page = client.get("/health/audit/").content.decode()
    assert "No row is broken" in page and "&lt;b&gt;wrong" in page and "Olga" in page
    assert "1 finding" in client.get("/events/deliveries/").content.decode()
    assert "/health/audit/" in client.get("/").content.decode()
    assert signed_in(ana).get("/health/audit/").status_code == 403
    rows.clear()
    record_audit(actor=olga)
    assert "Every rule holds" in client.get("/health/audit/").content.decode()
    assert 'href="/health/audit/"' not in client.get("/").content.decode()


def test_the_command_records_the_whole_audit_and_old_runs_go(rows, capsys):
    with time_is(now() - timedelta(days=200)):
        rows[:] = [Finding("SO-1", "wrong")]
        record_audit(actor="system")
    rows.clear()
    call_command("doctor", "--record")
    assert AuditRun.objects.order_by("-pk")[0].by == "manage.py doctor"
    with pytest.raises(CommandError, match="whole audit"):
        call_command("doctor", "--record", "test.rows")
    AuditFinding.objects.update(gone_at=now() - timedelta(days=200))
    purge_finished()
    assert (AuditRun.objects.count(), AuditFinding.objects.count()) == (1, 0)
