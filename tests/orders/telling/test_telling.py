"""A stock change reaches the channel: once, in order, with the newest figure; over webhooks, the API, a file; and is seen when late."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from inventory.actions.adjust import receive_stock
from inventory.actions.buffer import keep_back
from inventory.actions.recipe import Part, set_recipe
from inventory.for_sale import mark, touched_since
from inventory.models import Product
from oms.events.models import Event
from oms.kernel.clock import now, time_is
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import run_all
from oms.webhooks.models import WebhookDelivery, WebhookEndpoint
from oms.webhooks.send import send_due_webhooks
from orders.actions.cancel import cancel_order
from orders.models import Channel, StockFeed, ToldStock
from orders.tasks import tell_stock
from orders.telling import look, messages
from orders.telling.again import tell_again
from tests.api.test_orders_api import issue
from tests.conftest import person
from tests.inventory.kits import SET, tea_set
from tests.stories import placed


@pytest.fixture
def web(shop) -> Channel:
    shop.tells_stock = True
    shop.save()
    return shop


@pytest.fixture
def heard(web) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(
        name="Marketplace", url="https://shop.example/hooks", events=["stock.changed"], channel_code="web"
    )


def told() -> list[dict[str, int]]:
    """{sku: units} of each message, oldest first."""
    return [
        {s["sku"]: s["available"] for s in e.payload["skus"]} for e in Event.objects.filter(name="stock.changed").order_by("seq")
    ]  # fmt: skip


def test_many_changes_are_one_message_with_the_newest_figure_and_no_change_is_none(heard):
    assert tell_stock() == 3
    placed(("MUG", 1))
    placed(("MUG", 2))
    order = placed(("KETTLE", 1))
    cancel_order(order.number, reason="other", actor="system")
    assert (tell_stock(), tell_stock()) == (1, 0)
    assert told() == [{"MUG": 15, "KETTLE": 10, "LAMP": 0}, {"MUG": 12}]
    figures = [s for e in Event.objects.filter(name="stock.changed").order_by("seq") for s in e.payload["skus"]]
    assert [s["sequence"] for s in figures] == [1, 2, 3, 4]
    assert all(s["as_of"] for s in figures)
    assert WebhookDelivery.objects.filter(endpoint=heard, stream="stock-web").count() == 2
    Channel.objects.create(code="b2b", name="B2B", tells_stock=True)
    tell_stock()
    assert WebhookDelivery.objects.filter(endpoint=heard).count() == 2, (
        "another channel's stock is not this one's business"
    )


def test_whoever_is_behind_gets_the_newest_figures_when_they_are_back(heard, monkeypatch):
    monkeypatch.setattr(messages, "MOST_WAITING", 1)
    tell_stock()
    for units in (1, 2, 3):
        placed(("MUG", units))
        assert tell_stock() == 1
    assert len(told()) == 1
    WebhookDelivery.objects.update(status="done", done_at=now())
    tell_stock()
    assert told()[1:] == [{"MUG": 9}], "said once, as it is now"


def test_nobody_subscribed_owes_nothing_and_everything_can_be_told_again(web, ana, client):
    tell_stock()
    assert not Event.objects.filter(name="stock.changed").exists()
    client.force_login(ana)
    assert client.get("/stock/channels/web/again/").status_code == 403
    client.force_login(person("olga", "owner"))
    page = client.get("/stock/channels/web/").content.decode()
    assert "No endpoint hears" in page
    assert "MUG" in page
    WebhookEndpoint.objects.create(name="New", url="https://shop.example/hooks", events=["stock.*"])
    assert "Tell all 3 again" in client.get("/stock/channels/web/again/").content.decode()
    client.post("/stock/channels/web/again/")
    assert "still going out" in client.post("/stock/channels/web/again/", follow=True).content.decode()
    assert tell_stock() == 0, "no figure changed"
    assert told() == [{"MUG": 15, "KETTLE": 10, "LAMP": 0}]
    assert sorted(ToldStock.objects.values_list("sequence", flat=True)) == [4, 5, 6]
    with pytest.raises(Refused, match="not told its stock"):
        tell_again("elsewhere", actor=ana)


def test_a_run_that_dies_anywhere_loses_nothing_and_tells_nothing_twice(heard, monkeypatch):
    tell_stock()
    placed(("MUG", 1))
    for name in ("_write", "send_figures"):
        with monkeypatch.context() as broken:
            broken.setattr(look, name, lambda *args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                tell_stock()
    assert (tell_stock(), told()[1:]) == (0, [{"MUG": 14}]), "the figure was written before it died, and is sent once"


@pytest.mark.django_db(transaction=True)
def test_only_what_moved_is_looked_at_and_nothing_that_moved_is_missed(shop, ana):
    """Negative control within: what did not move is not among them."""
    tea_set()
    pk = dict(Product.objects.values_list("sku", "pk"))
    skus = {number: sku for sku, number in pk.items()}

    def moved(act) -> set[str]:
        here = mark()
        act()
        return {skus[product] for product in touched_since(here)}

    assert moved(lambda: None) == set()
    assert moved(lambda: placed(("MUG", 1))) == {"MUG", SET}
    assert moved(lambda: receive_stock("LAMP", location="delhi", qty=1, source="van", actor=ana)) == {"LAMP"}
    assert moved(lambda: keep_back("KETTLE", channel="web", qty=1, actor=ana)) == {"KETTLE", SET}
    assert moved(lambda: set_recipe(SET, parts=[Part("MUG", 2)], actor=ana)) == {SET}
    assert touched_since(mark() + 10_000_000) is None, "a mark of another database"


def test_those_who_ask_get_all_of_it_and_then_what_changed(web, client):
    tell_stock()
    person("webshop", "warehouse")
    key = issue(scopes=["supply:read"])

    def ask(**query):
        answer = client.get("/api/v1/channel-stock", query, headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.json()

    status, first = ask(channel="web", limit=2)
    assert (status, first["more"], [s["sku"] for s in first["stock"]]) == (200, True, ["MUG", "KETTLE"])
    _, rest = ask(channel="web", since=first["next"])
    assert (rest["more"], [s["sku"] for s in rest["stock"]]) == (False, ["LAMP"])
    placed(("MUG", 4))
    tell_stock()
    _, new = ask(channel="web", since=rest["next"])
    assert [(s["sku"], s["available"]) for s in new["stock"]] == [("MUG", 11)]
    assert ask(channel="web", since=new["next"])[1]["stock"] == []
    Channel.objects.create(code="b2b", name="B2B")
    assert (ask(channel="b2b")[0], ask(channel="none")[0], ask(channel="web", since=-1)[0]) == (409, 404, 422)


def test_the_file_is_the_same_from_the_page_and_the_command(web, olga, client):
    tell_stock()
    placed(("MUG", 4))
    out = StringIO()
    call_command("channel_stock", "--channel", "web", stdout=out)
    client.force_login(olga)
    page = b"".join(client.get("/stock/channels/web/file.csv").streaming_content).decode()
    assert out.getvalue() == page
    assert [line.split(",")[:2] for line in page.splitlines()[1:]] == [["KETTLE", "10"], ["LAMP", "0"], ["MUG", "11"]]
    with pytest.raises(CommandError, match="no channel"):
        call_command("channel_stock", "--channel", "none")


def test_doctor_and_page_say_what_is_wrong_missing_or_late(heard, olga, client):
    client.force_login(olga)
    tell_stock()
    assert run_all(["channels.told"]) == {"channels.told": []}
    # A figure that no coming run would look at again, as after a fault of ours.
    ToldStock.objects.filter(product__sku="MUG").update(units=3)
    StockFeed.objects.update(mark=2**40)

    def says() -> str:
        return " ".join(f"{f.subject}: {f.detail}" for f in run_all(["channels.told"])["channels.told"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.checks_telling.touched_since", lambda mark: set())
        assert says() == "MUG: web was told 3, it may sell 15"
    with time_is(now() + timedelta(minutes=6)):
        assert "nobody has looked" in says()
        assert "MUG: web was told 3" in says()
        assert "Nobody looks" in client.get("/stock/channels/").content.decode()
        tell_stock()
        assert says().startswith("web: a figure noticed at"), "it is right now, and the subscriber still knows nothing"
        WebhookDelivery.objects.update(attempts=3, last_error="It answered 500 Oops.")
        page = client.get("/stock/channels/web/").content.decode()
        assert "It answered 500 Oops." in page
        assert "Late" in page


@pytest.mark.django_db(transaction=True)
def test_a_receiver_gets_what_is_promised_to_it(heard, settings):
    from tests.webhooks.receiver import Receiver

    settings.DEMO = True
    receiver = Receiver()
    receiver.up()
    try:
        WebhookEndpoint.objects.update(url=receiver.url)
        tell_stock()
        assert send_due_webhooks() == 1
        body = json.loads(receiver.got[0][1])
    finally:
        receiver.down()
    assert (body["type"], body["data"]["number"], body["data"]["sequence"]) == ("stock.changed", "stock-web", 1)
    assert body["data"]["details"]["channel"] == "web"
    assert {s["sku"]: s["available"] for s in body["data"]["details"]["skus"]} == {"MUG": 15, "KETTLE": 10, "LAMP": 0}
