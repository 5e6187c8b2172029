"""A house without a single order: every address answers, and homes and lists say what they wait for."""

import pytest

from oms.access.roles import PERMISSIONS, Role
from tests.access.test_urls import url_of
from tests.access.url_table import SIGNED_IN, TABLE
from tests.conftest import person
from tests.reports.follow import signed_in

PAGES = [name for name, (method, who) in TABLE.items() if method == "GET" and (who in PERMISSIONS or who == SIGNED_IN)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_no_page_breaks_without_data(role):
    client = signed_in(person(f"empty-{role}", role))
    for name in PAGES:
        answer = client.get(url_of(name), follow=True)
        assert answer.status_code in (200, 403, 404), f"{role} at {name}: {answer.status_code}"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role.values))
def test_an_empty_home_says_so(role):
    page = signed_in(person(f"home-{role}", role)).get("/").content.decode()
    assert "Nothing waits here" in page or "No open orders" in page


@pytest.mark.django_db
def test_empty_lists_and_reports_say_what_they_wait_for(olga):
    client = signed_in(olga)
    for path in ("/orders/", "/payments/", "/payments/refunds/", "/returns/", "/warehouse/pick/", "/warehouse/shipments/",
                 "/messages/", "/reports/orders-by-source/"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert 'class="empty"' in answer.content.decode(), path
