"""Files on an order: who may, what may, where they lie, and that row and file never part."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from oms.events.models import Event
from oms.kernel.errors import Refused
from oms.ops.doctor.registry import CHECKS
from orders.actions import attach
from orders.actions.attach import attach_file, remove_file
from orders.files import shelf
from orders.files.kinds import clean_name
from orders.files.sweep import sweep_files
from orders.models import Attachment, Order
from tests.conftest import person
from tests.orders.desk import signed_in
from tests.stories import placed, said

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a slip"
PNG = b"\x89PNG\r\n\x1a\n and more"


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def order(shop) -> Order:
    return placed(("MUG", 1))


def upload(name: str = "slip.pdf", body: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="text/html")


def on_disk(media: Path) -> list[Path]:
    return [p for p in media.rglob("*") if p.is_file()]


def test_an_attached_file_is_fetched_as_it_was_and_never_run(order, ana, bo, media):
    page = signed_in(bo)
    shown = page.post(f"/orders/{order.number}/files/", {"file": upload()}, follow=True).content.decode()
    assert "slip.pdf is attached." in shown
    kept = Attachment.objects.get()
    answer = page.get(f"/orders/{order.number}/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    event = Event.objects.get(name="orders.file_attached")
    assert event.payload["sha256"] == kept.sha256
    assert [p.suffix for p in on_disk(media)] == [""]


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("empty.pdf", b"", "file_empty"),
        ("page.html", b"<script>", "file_type"),
        ("art.svg", b"<svg>", "file_type"),
        ("run.exe", b"MZ", "file_type"),
        ("no-ending", b"x", "file_type"),
        ("page.html.png", b"<script>", "file_mislabelled"),
        ("notes.txt", b"a\x00b", "file_mislabelled"),
        ("big.pdf", PDF + b"x" * 1024 * 1024, "file_large"),
    ],
)
def test_what_does_not_belong_is_refused_with_a_sentence(order, ana, media, settings, name, body, code):
    settings.ATTACHMENT_MB = 1
    with pytest.raises(Refused) as refused:
        attach_file(order.number, upload=upload(name, body), actor=ana)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")
    assert on_disk(media) == []


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\slip.pdf", "slip.pdf"),
        ("sl\u202efdp.exe\x00.txt", "slfdp.exe.txt"),
        ("a\r\nX-Header: 1.txt", "aX-Header: 1.txt"),
        ("...", "file"),
        (f"{'x' * 300}.pdf", f"{'x' * 116}.pdf"),
    ],
)
def test_names_from_outside_are_made_harmless(name, clean):
    assert clean_name(name) == clean


def test_a_note_brings_its_file_and_stays_when_the_file_is_refused(order, ana):
    page = signed_in(ana)
    page.post(f"/orders/{order.number}/notes/", {"text": "The damage", "file": upload("photo.png", PNG)})
    kept = Attachment.objects.select_related("note").get()
    assert kept.note.text == "The damage"
    page.post(f"/orders/{order.number}/notes/", {"text": "Again", "file": upload("photo.svg", b"<svg>")})
    assert order.notes.count() == 2
    assert Attachment.objects.count() == 1


def test_the_same_file_twice_is_refused_and_leaves_one(order, ana, media):
    attach_file(order.number, upload=upload(), actor=ana)
    with pytest.raises(Refused, match="already"):
        attach_file(order.number, upload=upload("other-name.pdf"), actor=ana)
    assert len(on_disk(media)) == 1


def test_whoever_may_not_see_the_order_gets_no_file(order, ana):
    kept = attach_file(order.number, upload=upload(), actor=ana)
    outside = signed_in(person("tim", "support", channel_codes=["other"]))
    assert outside.get(f"/orders/{order.number}/files/{kept.pk}/").status_code == 404
    other = placed(("MUG", 1))
    assert signed_in(ana).get(f"/orders/{other.number}/files/{kept.pk}/").status_code == 404


def test_removing_needs_a_reason_and_the_right(order, ana, bo, fay, django_capture_on_commit_callbacks, media):
    kept = attach_file(order.number, upload=upload(), actor=ana)
    with pytest.raises(Refused, match="somebody else"):
        remove_file(order.number, pk=kept.pk, reason="wrong", actor=bo)
    with pytest.raises(Refused, match="Say why"):
        remove_file(order.number, pk=kept.pk, reason=" ", actor=ana)
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(ana).post(f"/orders/{order.number}/files/{kept.pk}/removal/", {"reason": "another order's"})
    assert on_disk(media) == []
    assert signed_in(ana).get(f"/orders/{order.number}/files/{kept.pk}/").status_code == 404
    kept.refresh_from_db()
    assert (kept.removed_by, kept.removed_reason) == ("Ana", "another order's")
    assert said(order)[-2:] == ["orders.file_attached", "orders.file_removed"]


def test_a_failed_booking_leaves_no_file(order, ana, media, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(attach, "publish", broken)
    with pytest.raises(RuntimeError):
        attach_file(order.number, upload=upload(), actor=ana)
    assert on_disk(media) == []
    assert not Attachment.objects.exists()


def test_a_removal_that_is_rolled_back_keeps_the_file(order, ana, media):
    kept = attach_file(order.number, upload=upload(), actor=ana)
    with transaction.atomic():
        remove_file(order.number, pk=kept.pk, reason="wrong", actor=ana)
        transaction.set_rollback(True)
    assert len(on_disk(media)) == 1


def test_doctor_names_a_row_without_file_a_cut_file_and_a_file_without_row(order, ana, media, monkeypatch):
    whole, cut, gone = (attach_file(order.number, upload=upload(body=PDF + n), actor=ana) for n in (b"1", b"2", b"3"))
    check = CHECKS["orders.files"]
    monkeypatch.setattr(shelf, "SETTLED", -shelf.SETTLED)  # as if an hour had passed
    assert list(check.run()) == []
    (media / cut.path).write_bytes(b"%")
    (media / gone.path).unlink()
    (media / whole.path).with_name("f" * 32).write_bytes(b"left behind")
    found = [f.detail for f in check.run()]
    assert ["1 bytes" in found[0], "is missing" in found[1], "no order" in found[2]] == [True] * 3


def test_a_file_gone_from_the_disk_is_a_plain_not_found(order, ana, media):
    kept = attach_file(order.number, upload=upload(), actor=ana)
    (media / kept.path).unlink()
    assert signed_in(ana).get(f"/orders/{order.number}/files/{kept.pk}/").status_code == 404


def test_files_nobody_has_are_swept_and_those_in_use_or_just_written_stay(order, ana, media, monkeypatch):
    kept = attach_file(order.number, upload=upload(), actor=ana)
    orphan, removed = (
        shelf.put(upload("a.pdf", PDF + b"1"))[0],
        attach_file(order.number, upload=upload("b.png", PNG), actor=ana),
    )
    Attachment.objects.filter(pk=removed.pk).update(
        removed_at=removed.added_at, removed_by="Ana", removed_reason="Wrong"
    )
    assert sweep_files() == 0  # younger than an hour: it may still be being booked
    monkeypatch.setattr(shelf, "SETTLED", -timedelta(seconds=5))
    assert sweep_files() == 2
    assert (shelf.size_of(kept.path), shelf.size_of(orphan), shelf.size_of(removed.path)) == (len(PDF), None, None)
    assert sweep_files() == 0
