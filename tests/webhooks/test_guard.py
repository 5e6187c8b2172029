"""Webhooks leave the house and nothing else: no call into our own network, no plain http in production."""

import pytest

from oms.webhooks.call import post
from oms.webhooks.models import WebhookDelivery, WebhookEndpoint
from oms.webhooks.safety import _is_public, address_of, fault_of_url
from oms.webhooks.send import send_due_webhooks
from tests.stories import placed

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1",
    "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
)  # fmt: skip


@pytest.mark.parametrize("ip", PRIVATE)
def test_addresses_of_our_own_network_are_not_public(ip):
    assert not _is_public(ip)


@pytest.mark.parametrize("ip", ["93.184.216.34", "2606:2800:220:1::1"])
def test_negative_control_public_addresses_are(ip):
    assert _is_public(ip)


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "https://", "javascript:alert(1)", "https://u:p@a.example/", "https://a.example:x/", "https://a b/"]
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(url):
    assert fault_of_url(url).endswith((".", "."))


def test_production_wants_https_and_public_addresses(settings):
    assert fault_of_url("http://a.example/") == ""
    settings.DEMO = False
    assert "https" in fault_of_url("http://a.example/")
    assert fault_of_url("https://a.example/hooks") == ""


@pytest.mark.django_db(transaction=True)
def test_in_production_a_local_receiver_is_never_called(endpoint, receiver, settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setattr("oms.webhooks.call.fault_of_url", lambda url: "")  # only the address check is left
    placed(("MUG", 1))
    send_due_webhooks()
    assert receiver.got == []
    assert "private or local" in WebhookDelivery.objects.get().last_error
    settings.DEMO = True  # negative control: the same call goes through where it is allowed
    assert post(receiver.url, b"{}", {}).status == 200


def test_an_unknown_host_is_said_so():
    assert "There is no host" in post("http://nobody.invalid/", b"", {}).error
    assert address_of("127.0.0.1", 80) == "127.0.0.1"


@pytest.mark.django_db
def test_an_admin_makes_an_endpoint_and_reads_its_secret(client, adam, settings):
    client.force_login(adam)
    fields = {
        "name": "Ledger",
        "url": "https://ledger.example/hooks",
        "events": "orders.*, payments.captured",
        "is_active": "on",
    }
    assert client.post("/admin/webhooks/webhookendpoint/add/", fields).status_code == 302
    made = WebhookEndpoint.objects.get()
    assert made.events == ["orders.*", "payments.captured"]
    assert "whsec_" in client.get(f"/admin/webhooks/webhookendpoint/{made.pk}/change/").content.decode()
    settings.DEMO = False
    for bad in ({"url": "http://ledger.example/"}, {"events": "orders.* or so"}, {"url": "nonsense"}):
        assert client.post("/admin/webhooks/webhookendpoint/add/", fields | bad).status_code == 200
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.django_db
def test_the_owner_sees_what_is_parked_and_puts_it_back(client, olga, ana, endpoint):
    order = placed(("MUG", 1))
    WebhookDelivery.objects.update(
        status="parked", last_error="It answered 500.", response_body="<b>no</b>", response_status=500
    )
    WebhookEndpoint.objects.update(is_active=False, off_reason="It answered 410 Gone.")
    client.force_login(olga)
    page = client.get("/webhooks/?view=parked").content.decode()
    assert order.number in page
    assert "&lt;b&gt;no" in page
    assert "Ledger is switched off. It answered 410 Gone." in page
    client.post("/webhooks/replay/", {"delivery": [WebhookDelivery.objects.get().pk, "x"]})
    assert WebhookDelivery.objects.get().status == "pending"
    assert 'name="delivery"' not in client.get("/webhooks/").content.decode(), "it has not failed since"
    WebhookDelivery.objects.update(attempts=3)
    assert 'name="delivery"' in client.get("/webhooks/").content.decode()
    assert client.get("/webhooks/?q=nobody").status_code == 200
    client.force_login(ana)
    assert client.get("/webhooks/").status_code == 403
    assert client.post("/webhooks/replay/").status_code == 403
