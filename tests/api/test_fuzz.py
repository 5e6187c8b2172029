"""Whatever a request says, within the published schema or beside it, the answer is never a 500 and is always JSON."""

import json
import string
from collections import Counter
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ninja import Schema

from oms.api import api
from tests.api.test_orders_api import issue
from tests.conftest import person
from tests.inventory.test_assemblies import planned
from tests.orders.standing.steps import blanket, weekly
from tests.stories import placed

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=20), st.just("\x00"),
    st.just([]), st.just({}), st.sampled_from(["9" * 400, "1e999999", "NaN", "-0", "\ud800", "\u202e", "0001-01-01T00:00:00+14:00"]),
)  # fmt: skip
PLAUSIBLE = {
    "reason": st.sampled_from(["other", "address", "nonsense"]), "channel": st.sampled_from(["web", "", "x"]),
    "currency": st.sampled_from(["INR", "JPY", "XXX"]), "sku": st.sampled_from(["MUG", "NOBODY"]),
}  # fmt: skip

KNOWN = {"customer_of", "other", "address_of"}  # names of another order in a body


@cache
def document() -> dict[str, Any]:
    return api.get_openapi_schema()


@cache
def body_of(method: str, path: str) -> st.SearchStrategy:
    body = document()["paths"][path][method].get("requestBody")
    return mangled(of_schema(body["content"]["application/json"]["schema"]) if body else ODD)


def of_schema(schema: dict[str, Any], name: str = "") -> st.SearchStrategy:
    """Values of a JSON schema of ours: its own types and bounds."""
    if "$ref" in schema:
        return of_schema(resolved(schema["$ref"]), name)
    for word in ("anyOf", "allOf"):
        if word in schema:
            return st.one_of([of_schema(s, name) for s in schema[word]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema.get("type"):
        case "object":
            wanted, parts = set(schema.get("required", ())), schema.get("properties", {})
            known = {n: of_schema(s, n) for n, s in parts.items()}
            return st.fixed_dictionaries(
                {n: s for n, s in known.items() if n in wanted},
                optional={n: s for n, s in known.items() if n not in wanted},
            )
        case "array":
            least = schema.get("minItems", 0)
            return st.lists(of_schema(schema.get("items", {}), name), min_size=least, max_size=least + 1)
        case "integer":
            return st.integers(schema.get("minimum", -(2**63)), min(schema.get("maximum", 2**63), 2**63))
        case "number":
            return st.decimals(0, 10**9, places=2).map(str)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "string":
            return PLAUSIBLE.get(name, of_string(schema))
    return ODD


def of_string(schema: dict[str, Any]) -> st.SearchStrategy:
    if schema.get("format") == "date":
        return st.dates().map(lambda d: d.isoformat())
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.timezones()).map(lambda d: d.isoformat())
    if "pattern" in schema:
        return st.from_regex(schema["pattern"])
    return st.text(
        string.printable + "é₹\x00", min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 30), 30)
    )


def resolved(ref: str) -> dict[str, Any]:
    return document()["components"]["schemas"][ref.rpartition("/")[2]]


def operations() -> list[tuple[str, str]]:
    paths = document()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


@st.composite
def mangled(draw, values: st.SearchStrategy) -> Any:
    """A value of the schema, in every third case with one of its parts replaced by something odd."""
    value = draw(values)
    if draw(st.integers(0, 2)) or not isinstance(value, dict) or not value:
        return value
    return value | {draw(st.sampled_from(sorted(value))): draw(ODD)}


def as_query(value: Any) -> Any:
    return [as_query(v) for v in value] if isinstance(value, list) else str(value).encode("utf-8", "replace")


def send(client: Client, key: str, numbers: tuple[str, str], method: str, path: str, data: st.DataObject):
    told, body = document()["paths"][path][method], body_of(method, path)
    query: dict[str, Any] = {}
    for parameter in told.get("parameters", ()):
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path":
            odd = st.text(min_size=1, max_size=12) if name != "hold_id" else st.integers(0, 2**70).map(str)
            value = data.draw(st.one_of(st.just(numbers[0]) if name == "number" else st.just("1"), odd))
            path = path.replace("{" + name + "}", quote(value.encode("utf-8", "replace").decode(), safe=""))
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            query[name] = data.draw(st.one_of(of_schema(schema, name), ODD))
    url = path + "?" + urlencode({name: as_query(value) for name, value in query.items()}, doseq=True)
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": data.draw(st.text("abc", min_size=1, max_size=8))}
    if method == "get":
        return client.get(url, headers=headers)
    given = data.draw(body)
    for name in KNOWN & set(given if isinstance(given, dict) else ()):
        given |= {name: data.draw(st.sampled_from([numbers[1], given[name]]))}
    raw = json.dumps(given, allow_nan=True).encode()
    return client.generic(method.upper(), url, raw, "application/json", headers=headers)


def walk(method: str, path: str) -> None:
    """Fifteen requests to one endpoint, with a key whose user may do everything."""
    person("webshop", "sales", "support", "owner")
    key, number = issue(), placed(("MUG", 4)).number
    if "/recurring" in path:
        number = weekly(("MUG", 1)).number
    if "/blanket" in path:
        number = blanket(("MUG", 5, "80")).number
    if "/assemblies" in path:
        number = planned(6).number
    known = placed(("MUG", 1), email="zoya@example.test").number
    client = Client(raise_request_exception=False)

    @settings(
        max_examples=15,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data):
        answer = send(client, key, (number, known), method, path, data)
        assert answer.status_code < 500, answer.content
        if answer.content and answer.status_code != 404:
            assert answer.json() is not None

    run()


@pytest.mark.parametrize(("method", "path"), operations(), ids=lambda part: part)
def test_never_a_500(method, path, shop):
    walk(method, path)


def test_negative_control_a_fault_is_noticed(shop, monkeypatch):
    def broken(*args):
        raise ZeroDivisionError

    monkeypatch.setattr("orders.api_read._narrowed", broken)
    with pytest.raises(AssertionError):
        walk("get", "/api/v1/orders")


def test_no_two_shapes_of_the_document_share_a_name():
    """The document knows a shape by its name alone: a second one of that name would stand for the first one, too."""
    api.get_openapi_schema()  # reads every router
    ours, left = Counter(), [Schema]
    while left:
        left += (shapes := left.pop().__subclasses__())
        ours.update(shape.__name__ for shape in shapes if not shape.__module__.startswith(("ninja", "tests")))
    del ours["NinjaResponseSchema"]  # the library's own, one per answer, and never in the document
    assert [name for name, times in ours.items() if times > 1] == []
