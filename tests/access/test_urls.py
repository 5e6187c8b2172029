"""C-15: every address x every role x anonymous, from one table."""

from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from oms.access import decorators
from oms.access.roles import PERMISSIONS, Role
from tests.access.url_table import ANYONE, KEY, SIGNED_IN, TABLE
from tests.conftest import person
from tests.stories import placed

ARGUMENTS = {
    "code": "nobody",
    "number": "SO-404",
    "order_number": "SO-404",
    "pk": 404,
    "card_pk": 404,
    "merge_pk": 404,
    "sku": "NO-SUCH",
    "version": 404,
    "hold_id": 404,
    "file_id": 404,
    "count_id": 404,
    "amendment": "AM-404",
    "seq": 404,
    "day": "2026-03-31",
    "key": "orders-by-source",
}


def addresses(resolver=None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Name and argument names of every address outside the Django admin."""
    for p in (resolver or get_resolver()).url_patterns:
        if hasattr(p, "url_patterns"):
            inner = (*spaces, p.namespace) if p.namespace else spaces
            if inner != ("admin",):
                yield from addresses(p, inner)
        else:
            yield ":".join((*spaces, p.name or str(p.pattern))), list(p.pattern.regex.groupindex)


@cache
def arguments() -> dict[str, list[str]]:
    return dict(addresses())


def url_of(name: str) -> str:
    wanted = arguments().get(name, [])
    return reverse(name, kwargs={a: ARGUMENTS[a] for a in wanted})


def open_as(name: str, client: Client):
    return client.generic(TABLE[name][0], url_of(name))


def test_every_address_is_in_the_table_and_every_entry_exists():
    assert {name for name, _ in addresses()} | {"admin:index"} == set(TABLE)


@pytest.mark.django_db
def test_anonymous_gets_nothing_but_the_public_addresses():
    for name, (_, who) in TABLE.items():
        answer = open_as(name, Client())
        if who == KEY:
            assert answer.status_code == 401, name
        elif who != ANYONE:
            assert answer.status_code == 302, name
            assert urlsplit(answer.url).path in ("/login/", "/admin/login/"), name


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_exactly_what_its_permissions_say(role):
    user, client = person(f"one-{role}", role), Client()
    for name, (_, who) in TABLE.items():
        if who in (ANYONE, KEY):
            continue
        if SESSION_KEY not in client.session:  # at first, and after signing out
            client.force_login(user)
        answer = open_as(name, client)
        allowed = who == SIGNED_IN or role in PERMISSIONS[who]
        denied = answer.status_code == 403 or (name == "admin:index" and answer.status_code == 302)
        assert denied != allowed, f"{role} at {name}: {answer.status_code}"
        assert answer.status_code < 500, name


@pytest.mark.django_db
def test_an_inactive_person_is_out_at_once():
    user = person("gone", "owner")
    client = Client()
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get("/").status_code == 302


@pytest.mark.django_db
def test_without_the_guard_the_table_would_notice(monkeypatch):
    """Negative control: with every permission granted, warehouse gets into what the table forbids."""
    assert decorators.PERMISSIONS is PERMISSIONS
    user = person("bo-control", "warehouse")
    monkeypatch.setattr(type(user), "can", lambda self, permission: True)
    client = Client()
    client.force_login(user)
    assert open_as("events:deliveries", client).status_code == 200


@pytest.mark.django_db
def test_a_step_whose_address_is_only_opened_leads_to_its_page_and_not_to_a_bare_405():
    user, client = person("ana-opens", "owner"), Client()
    client.force_login(user)
    for name in [n for n, (method, who) in TABLE.items() if method == "POST" and who not in (ANYONE, KEY)]:
        answer = client.get(url_of(name))
        assert answer.status_code == 302, f"{name}: {answer.status_code}"
        page = resolve(urlsplit(answer.url).path).view_name
        assert TABLE[page][0] == "GET", f"{name} leads to {page}, which takes what a form sends"
    assert client.head(url_of(name)).status_code == 302 and client.put(url_of(name)).status_code == 405


@pytest.mark.django_db
def test_a_session_that_ended_under_a_form_comes_back_to_the_page_and_says_that_nothing_was_done(shop, ana):
    order, client = placed(), Client()
    sent = client.post(f"/orders/{order.number}/confirmation/")
    assert sent.url == f"/login/?next=/orders/{order.number}/confirmation/"

    client.force_login(ana)
    page = client.get(sent.url, follow=True)

    assert page.redirect_chain[-1] == (f"/orders/{order.number}/", 302)
    assert "Nothing was changed" in page.content.decode()
    order.refresh_from_db()
    assert order.status == "new"


@pytest.mark.django_db
def test_who_may_not_take_a_step_is_led_to_the_page_and_that_alone_says_who_may_see_it(shop, bo):
    order, client = placed(), Client()
    client.force_login(bo)
    assert client.get("/payments/PAY-404/verification/").url == "/payments/PAY-404/"
    assert client.get("/payments/PAY-404/").status_code == 403
    assert client.get(f"/orders/{order.number}/tags/").url == f"/orders/{order.number}/"
