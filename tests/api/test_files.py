"""Files on an order over HTTP: attached once per key, listed, fetched as they were, and by the rules of the page."""

from base64 import b64encode

import pytest
from django.test import Client

from orders.models import Attachment
from tests.api.test_orders_api import issue
from tests.api.test_orders_work import send
from tests.stories import placed

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a slip"


def get(key: str, path: str):
    return Client().get(f"/api/v1/orders/{path}", headers={"Authorization": f"Bearer {key}"})


def body(name: str = "slip.pdf", content: bytes = PDF) -> dict[str, str]:
    return {"name": name, "content": b64encode(content).decode()}


def test_a_file_is_attached_once_listed_and_fetched_as_it_was(shop, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    key, order = issue(), placed()
    made = send(key, f"{order.number}/files", body(), "one")
    assert made.status_code == 201, made.content
    assert send(key, f"{order.number}/files", body(), "one").content == made.content
    assert Attachment.objects.get().added_by.username == "webshop"
    assert [f["sha256"] for f in get(key, f"{order.number}/files").json()["files"]] == [made.json()["sha256"]]
    fetched = get(key, f"{order.number}/files/{made.json()['id']}")
    assert b"".join(fetched.streaming_content) == PDF
    assert fetched["Content-Disposition"].startswith("attachment")

    for wrong, status, words in (
        (body(), 409, "already"), (body("run.exe"), 409, "cannot be attached"), (body("a.png"), 409, "not what its ending says"),
        ({"name": "a.pdf", "content": "?"}, 422, "base64"),
    ):  # fmt: skip
        answer = send(key, f"{order.number}/files", wrong)
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.content
    other = issue(channel_code="elsewhere")
    assert get(other, f"{order.number}/files").status_code == 404
    assert get(other, f"{order.number}/files/{made.json()['id']}").status_code == 404
    assert send(issue(scopes=["orders:read"]), f"{order.number}/files", body()).status_code == 403
