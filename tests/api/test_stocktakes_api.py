"""A scanner's own app counts a place over HTTP: what people have at the station, once per key, by the same rules."""

import pytest

from inventory.models import Location, StockCount, Stocktake
from inventory.tasks import post_stocktakes
from oms.intake.models import ApiKey
from tests.api.test_orders_api import issue
from tests.api.test_supply_api import SCOPES, get, post
from tests.conftest import person
from tests.fulfilment.steps import sick
from tests.stories import stock_of


@pytest.fixture
def key(shop) -> str:
    person("webshop", "warehouse")
    return issue(scopes=SCOPES)


@pytest.fixture
def other() -> str:
    """A key of a second person."""
    return ApiKey.issue(name="Second", user=person("di", "warehouse"), scopes=SCOPES)[1]


def test_a_stocktake_is_begun_counted_reviewed_and_posted(key, other):
    Location.objects.filter(code="pune").update(count_limit=3)
    body = {"location": "pune", "scope": "list", "skus": ["MUG", "KETTLE", "LAMP"], "note": "Aisle 3"}
    made = post(key, "/stocktakes", body, once="s-1")
    assert (made.status_code, made.json()["status"], made.json()["qty_lines"]) == (201, "counting", 3)
    assert post(key, "/stocktakes", body, once="s-1").content == made.content and Stocktake.objects.count() == 1
    twice = post(other, "/stocktakes", body | {"scope": "all"})
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:oms:problem:counted_elsewhere")
    at = f"/stocktakes/{made.json()['number']}"
    for _ in range(2):  # the network was away, and the app sends it again
        found = post(key, f"{at}/counts", {"code": "mug", "qty": 7}, once="scan-1").json()
    assert (found["verdict"], found["sku"], found["counted"], found["detail"]) == ("ok", "MUG", 7, "")
    assert post(other, f"{at}/counts", {"code": "MUG"}).json()["counted"] == 8, "everybody's scans add up"
    assert post(other, f"{at}/undoing").json()["counted"] == 7
    assert "counts nothing" in post(key, f"{at}/counts", {"code": "8901"}).json()["detail"]
    assert post(key, f"{at}/counts", {"code": "KETTLE", "qty": 2}).json()["counted"] == 2
    blind = get(key, f"{at}/lines?counted=true").json()["lines"]
    assert [(x["sku"], x["counted"], x["expected"], x["delta"]) for x in blind] == [
        ("MUG", 7, None, None), ("KETTLE", 2, None, None),
    ]  # fmt: skip
    assert get(key, f"{at}/lines?differing=true").json()["lines"] == [], "nor which they are"
    assert post(key, f"{at}/posting").json()["detail"].startswith("It is being counted.")
    assert post(key, f"{at}/finishing").json()["status"] == "review"
    assert post(key, f"{at}/counts", {"code": "MUG"}).status_code == 409
    shown = get(key, f"{at}/lines?differing=true").json()["lines"]
    assert [(x["sku"], x["expected"], x["delta"]) for x in shown] == [("MUG", 10, -3), ("KETTLE", 10, -8)]
    assert post(key, f"{at}/none", {}).json()["qty_counted"] == 3
    assert post(key, f"{at}/exclusions", {"sku": "LAMP"}).json()["qty_counted"] == 2
    sent = post(key, f"{at}/posting")
    assert (sent.status_code, sent.json()["status"]) == (202, "posting")
    assert sent.json()["posting"] == {"done": 0, "total": 2, "error": ""}
    post_stocktakes()
    ended = get(key, at).json()
    assert (ended["status"], ended["qty_settled"], stock_of("MUG").on_hand) == ("posted", 2, 7)
    waits = get(key, "/counts?state=waiting&sku=KETTLE").json()["counts"]
    assert [(c["delta"], c["counted"], c["state"]) for c in waits] == [(-8, 2, "waiting")]
    own = post(key, f"/counts/{waits[0]['id']}/approval")
    assert (own.status_code, own.json()["type"]) == (409, "urn:oms:problem:second_person")
    assert post(other, f"/counts/{waits[0]['id']}/approval").json()["state"] == "approved"
    assert stock_of("KETTLE").on_hand == 2
    assert sick() == {}


def test_one_sku_is_counted_once_against_what_was_seen(key, other):
    Location.objects.filter(code="pune").update(count_limit=3)
    body = {"sku": "MUG", "location": "pune", "counted": 8, "reason": "Shelf check"}
    for _ in range(2):
        assert post(key, "/counts", body, once="c-1").json() == {
            "sku": "MUG", "location": "pune", "delta": -2, "waits": False, "count": None,
        }  # fmt: skip
    assert stock_of("MUG").on_hand == 8
    moved = post(key, "/counts", body | {"counted": 9, "seen": 10})
    assert (moved.status_code, moved.json()["type"]) == (409, "urn:oms:problem:stock_moved")
    much = post(key, "/counts", body | {"counted": 0}).json()
    assert (much["delta"], much["waits"], stock_of("MUG").on_hand) == (-8, True, 8)
    assert "second person is to approve it" in post(other, "/counts", body).json()["detail"]
    assert post(key, f"/counts/{much['count']['id']}/withdrawal").json()["state"] == "withdrawn"
    assert post(key, "/counts/4040404/withdrawal").status_code == 404
    assert (stock_of("MUG").on_hand, StockCount.objects.count()) == (8, 1)


def test_a_stocktake_is_counted_again_or_thrown_away_and_binds_to_place_and_role(key):
    made = post(key, "/stocktakes", {"location": "pune", "scope": "longest", "most": 1}).json()
    at = f"/stocktakes/{made['number']}"
    post(key, f"{at}/counts", {"code": "KETTLE", "qty": 9})
    post(key, f"{at}/finishing")
    assert post(key, f"{at}/reopening", {"sku": "KETTLE"}).json()["qty_counted"] == 0
    assert post(key, f"{at}/finishing").json()["detail"].startswith("Nothing is counted yet")
    assert post(key, f"{at}/cancellation", {"reason": " "}).status_code == 409
    assert post(key, f"{at}/cancellation", {"reason": "A trial"}).json()["end_reason"] == "A trial"
    assert [s["number"] for s in get(key, "/stocktakes?status=cancelled&location=pune").json()["stocktakes"]] == [
        made["number"]
    ]
    delhi = ApiKey.issue(name="Delhi", user=person("del", "warehouse", location_codes=["delhi"]), scopes=SCOPES)[1]
    sales = ApiKey.issue(name="Desk", user=person("desk", "sales"), scopes=SCOPES)[1]
    assert get(delhi, at).status_code == post(delhi, f"{at}/counts", {"code": "MUG"}).status_code == 404
    begun = {"location": "pune", "scope": "all"}
    assert "Only people of Pune" in post(delhi, "/stocktakes", begun).json()["detail"]
    count = {"sku": "MUG", "location": "pune", "counted": 1, "reason": "x"}
    assert "Only people of Pune" in post(delhi, "/counts", count).json()["detail"]
    for path, body in (("/stocktakes", begun), ("/counts", count)):
        assert post(sales, path, body).json()["type"] == "urn:oms:problem:permission_missing"
    assert stock_of("MUG").on_hand == 10
