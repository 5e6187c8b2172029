"""Keys of integrations in the set-up: shown once, kept as a fingerprint, revoked for good."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from oms.intake.models import ApiKey, Scope, hash_key

ADD, LIST = reverse("admin:intake_apikey_add"), reverse("admin:intake_apikey_changelist")


@pytest.fixture
def setup(client, adam):
    client.force_login(adam)
    return client


def made(client, adam, **changes) -> str:
    """A key made through the page; returns the secret it showed."""
    data = {"name": "Shop", "user": adam.pk, "scopes": ["orders:read", "orders:write"], "channel_code": "web"}
    page = client.post(ADD, data | changes)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    return re.search(r'value="(oms_[^"]+)"', page.content.decode())[1]


def ask(client, secret: str) -> int:
    return client.get("/api/v1/orders/SO-404", headers={"authorization": f"Bearer {secret}"}).status_code


def test_a_new_key_is_shown_once_and_only_its_fingerprint_is_kept(setup, adam):
    secret = made(setup, adam)
    key = ApiKey.objects.get()
    assert key.key_hash == hash_key(secret)
    assert key.scopes == ["orders:read", "orders:write"]
    assert secret not in str(vars(key))
    assert not any(secret in entry.change_message + entry.object_repr for entry in LogEntry.objects.all())
    for url in (LIST, reverse("admin:intake_apikey_change", args=[key.pk]), LIST):
        page = setup.get(url).content.decode()
        assert key.prefix in page
        assert secret not in page
        assert key.key_hash not in page
    assert not any(secret in str(value) for value in setup.session.values())
    assert not any(secret in cookie.value for cookie in setup.cookies.values())


def test_scopes_are_boxes_to_tick_and_one_is_needed(setup, adam):
    page = setup.get(ADD).content.decode()
    assert page.count('type="checkbox" name="scopes"') == len(Scope)
    answer = setup.post(ADD, {"name": "Shop", "user": adam.pk})
    assert "This field is required" in answer.content.decode()
    setup.post(ADD, {"name": "Shop", "user": adam.pk, "scopes": ["everything"]})
    assert not ApiKey.objects.exists()


def test_a_key_works_says_when_it_was_used_and_stops_when_revoked(setup, adam, client):
    secret = made(setup, adam)
    assert ask(client, secret) == 404
    key = ApiKey.objects.get()
    assert key.last_used_at is not None
    page = setup.post(LIST, {"action": "revoke", "_selected_action": [key.pk]}, follow=True)
    assert "1 revoked" in page.content.decode()
    assert ask(client, secret) == 401
    assert LogEntry.objects.filter(object_id=key.pk, change_message="Revoked.").exists()


def test_a_revoked_key_stays_revoked_and_is_never_deleted(setup, adam):
    made(setup, adam)
    key = ApiKey.objects.get()
    url = reverse("admin:intake_apikey_change", args=[key.pk])
    setup.post(url, {"name": "Shop 2", "scopes": ["orders:read"]})
    key.refresh_from_db()
    assert (key.name, key.is_active, key.scopes) == ("Shop 2", False, ["orders:read"])
    page = setup.post(url, {"name": "Shop 3", "scopes": ["orders:read"], "is_active": "on"})
    assert "stays revoked" in page.content.decode()
    assert setup.post(reverse("admin:intake_apikey_delete", args=[key.pk]), {"post": "yes"}).status_code == 403
    assert ApiKey.objects.get().is_active is False


def test_only_an_admin_gets_there(client, olga):
    client.force_login(olga)
    assert client.get(LIST).status_code in (302, 403)
    assert client.get(ADD).status_code in (302, 403)
