"""Files on an order over HTTP: list, fetch, attach; by the same rules as on its page."""

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import Field

from oms.intake.auth import lacks_scope
from oms.intake.models import ApiKey, Scope
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from orders.actions.attach import attach_file
from orders.api import Strict, router
from orders.api_access import Number, not_found, orders_of, work
from orders.files.kinds import LONGEST_NAME
from orders.files.serving import served
from orders.models import Attachment

MOST_TEXT = 11_500_000  # characters; a request has at most 12 MB


class FileIn(Strict):
    name: str = Field(min_length=1, max_length=LONGEST_NAME, description="With its ending, such as slip.pdf")
    content: str = Field(min_length=1, max_length=MOST_TEXT, description="The file, base64")


class FileOut(Schema):
    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime


class FilesOut(Schema):
    files: list[FileOut]


@router.get("/{number}/files", response=FilesOut, summary="The files on an order")
def list_files(request: HttpRequest, number: Number) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_READ):
        return denied
    order = orders_of(key).filter(number=number).first()
    if order is None:
        return not_found(number)
    return {"files": [_said(kept) for kept in Attachment.objects.filter(order=order, removed_at=None).order_by("pk")]}


@router.get("/{number}/files/{int:file_id}", summary="One file as it was attached")
def fetch(request: HttpRequest, number: Number, file_id: int) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_READ):
        return denied
    kept = Attachment.objects.filter(
        order__in=orders_of(key).filter(number=number), pk=file_id, removed_at=None
    ).first()
    try:
        return served(kept) if kept else _gone(number)
    except FileNotFoundError:
        return _gone(number)


@router.post("/{number}/files", response={201: FileOut}, summary="Attach a file to an order")
def attach(request: HttpRequest, number: Number, body: FileIn) -> HttpResponse:
    """409 for a file that is empty, too large, of a kind that is not kept, or attached already."""
    try:
        content = b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        return problem(422, "not_base64", "The content is not base64.")
    upload = ContentFile(content, name=body.name)

    def act(actor: Actor) -> FileOut:
        return FileOut.model_validate(_said(attach_file(number, upload=upload, actor=actor)))

    return work(request, number, permission="orders.attach", act=act, status=201)


def _said(kept: Attachment) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in FileOut.model_fields}


def _gone(number: str) -> HttpResponse:
    return problem(404, "file_not_found", f"{number} has no such file.")
