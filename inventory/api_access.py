"""What every endpoint about stock and supply shares: scopes, permissions, acting once, pages, and the answer."""

from collections.abc import Callable
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Path, Schema
from pydantic import BaseModel, ConfigDict, Field

from inventory.models import Location
from inventory.transferring import only_at
from oms.intake.auth import lacks_scope
from oms.intake.idempotency import once
from oms.intake.models import ApiKey, Scope
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from oms.ui.keyset import BadCursor, Sort, page_of

Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,30}$", description="The document's number, such as PO-10001")]
NEWEST = Sort("newest first", ("-id",))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ArrivedLine(Strict):
    sku: str = Field(min_length=1, max_length=80, description="SKU or barcode")
    qty: int = Field(ge=1, le=100_000)


class ArrivedIn(Strict):
    """What has arrived and was counted. Nothing of it is stock unless all of it can be booked in."""

    lines: list[ArrivedLine] = Field(min_length=1, max_length=1000)
    reference: str = Field("", max_length=80, description="Number of the delivery note")
    reason: str = Field("", max_length=300, description="Why more than ordered is kept, or why nothing more comes")
    quarantine: bool = Field(False, description="Put it into quarantine instead of on the shelf")
    is_last: bool = Field(False, description="Nothing more comes; what is missing is no longer expected")

    def booked(self) -> dict[str, Any]:
        """As the actions that book in have it."""
        return {
            "reference": self.reference, "reason": self.reason, "is_quarantined": self.quarantine, "is_last": self.is_last,
        }  # fmt: skip

    def units(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.sku] = found.get(line.sku, 0) + line.qty
        return found


class PageQuery(Schema):
    limit: int = Field(50, ge=1, le=100)
    cursor: str = Field("", max_length=2000, description="`next` of the page before; the filters must be the same")


def read(request: HttpRequest, permission: str) -> HttpResponse | None:
    """Why this key may not read here, or None."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return lacks_scope(key, Scope.SUPPLY_READ) or _not_permitted(key, permission)


def paged(rows: QuerySet, query: PageQuery, answer: str, shown: Callable[[Any], Any], sort: Sort = NEWEST) -> Any:
    try:
        page = page_of(rows, sort, size=query.limit, after=query.cursor)
    except BadCursor:
        return problem(422, "cursor_unreadable", "The cursor cannot be read; start again without one.")
    return {answer: [shown(row) for row in page.rows], "next": page.after}


def work(
    request: HttpRequest, permission: str, act: Callable[[Actor], Schema], *, status: int = 200
) -> HttpResponse:  # fmt: skip
    """Act once per Idempotency-Key and answer what `act` answers; a refusal is an answer too, and kept."""
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.SUPPLY_WRITE) or _not_permitted(key, permission):
        return denied
    return retrying()(once)(request, key, lambda: _acted(key, act, status))


def _not_permitted(key: ApiKey, permission: str) -> HttpResponse | None:
    if key.user.can(permission):
        return None
    return problem(403, "permission_missing", f"{key.user.display_name}, whom this key acts as, may not do this.")


def _acted(key: ApiKey, act: Callable[[Actor], Schema], status: int) -> HttpResponse:
    try:
        with transaction.atomic():  # one answer may be two actions: written and sent, or neither
            answer = act(Actor("integration", key.name, key.user_id))
    except Refused as refused:
        return problem(404 if refused.code.endswith("_not_found") else 409, refused.code, refused.message)
    return HttpResponse(answer.model_dump_json(), status=status, content_type="application/json")


def at_own_place(request: HttpRequest, place: Location) -> None:
    """Refuse a place where the person the key acts as does not work."""
    if elsewhere := only_at(place, request.auth.user):  # type: ignore[attr-defined]
        raise Refused.because([elsewhere])


def not_found(what: str, number: str) -> Refused:
    return Refused(f"{what}_not_found", f"There is no {what} {number}.")
