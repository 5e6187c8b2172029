"""The set-up pages: ours by their look, open to admins alone, and who may make a move is ticked, not typed."""

import pytest
from django.contrib import admin
from django.contrib.staticfiles.finders import find
from django.urls import reverse

from oms.access.roles import Role
from orders.models import MovePolicy
from orders.policies import may_move
from tests.conftest import person
from tests.orders.desk import signed_in

pytestmark = pytest.mark.django_db


def lists() -> list[str]:
    return [reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in admin.site._registry]


def test_every_set_up_list_wears_our_look(adam):
    client = signed_in(adam)
    for url in (reverse("admin:index"), *lists()):
        answer = client.get(url)
        assert answer.status_code == 200, url
        page = answer.content.decode()
        assert "OMS set-up</a>" in page, url
        assert "Back to the orders" in page, url
        assert "Django administration" not in page, url
        assert page.index("css/tokens") < page.index("css/admin"), url  # ours over Django's own
    assert find("ui/css/admin.css")


@pytest.mark.parametrize("role", [role for role in Role.values if role != "admin"])
def test_every_set_up_list_is_closed_to_other_roles(role):
    client = signed_in(person(f"one-{role}", role))
    for url in lists():
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer["Location"].startswith("/admin/login/"), url


def test_who_may_make_a_move_is_ticked(adam, bo):
    policy = MovePolicy.objects.get(machine="order", move="cancel_remainder")
    client, url = signed_in(adam), reverse("admin:orders_movepolicy_change", args=[policy.pk])
    assert 'type="checkbox" name="roles" value="warehouse"' in client.get(url).content.decode()
    assert may_move(bo, "order", "cancel_remainder")
    assert client.post(url, {"roles": ["support", "warehouse"], "reason_required": "on"}).status_code == 302
    assert may_move(bo, "order", "cancel_remainder") is None
    wrong = client.post(url, {"roles": ["packers"]})
    assert "packers is not one of the available choices" in wrong.content.decode()
    assert "Warehouse, Support" in client.get(reverse("admin:orders_movepolicy_changelist")).content.decode()
