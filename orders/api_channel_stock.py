"""What a channel may sell, over HTTP: the whole list, or what changed since; for those who would rather ask than be told."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from oms.intake.auth import lacks_scope
from oms.intake.models import ApiKey, Scope
from oms.intake.problem import problem
from orders.models import Channel, ToldStock
from orders.telling.messages import figure

router = Router()
HIGHEST = 2**63 - 1


class FiguresQuery(Schema):
    channel: str = Field("", max_length=40, description="Channel code; may be left out when the key is bound to one")
    since: int = Field(0, ge=0, le=HIGHEST, description="`next` of the answer before; 0: the whole list")
    limit: int = Field(500, ge=1, le=1000)


class FigureOut(Schema):
    sku: str
    available: int = Field(description="Units the channel may sell; 1,000,000 where nothing limits it")
    as_of: datetime
    sequence: int = Field(description="Grows with every figure of the channel; keep the figure with the highest")


class FiguresOut(Schema):
    channel: str
    stock: list[FigureOut] = Field(description="Each SKU once, by sequence")
    next: int = Field(description="Send it as `since` the next time, now or in an hour")
    more: bool = Field(description="There are further figures already: ask again at once")


@router.get("", response=FiguresOut, summary="What a channel may sell: all of it, or what changed since")
def channel_stock(request: HttpRequest, query: Query[FiguresQuery]) -> Any:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.SUPPLY_READ):
        return denied
    if not key.user.can("inventory.view"):
        return problem(403, "permission_missing", f"{key.user.display_name}, whom this key acts as, may not do this.")
    if key.channel_code and query.channel not in ("", key.channel_code):
        return problem(403, "channel_not_yours", f"This key is bound to the channel {key.channel_code}.")
    code, mine = query.channel or key.channel_code, key.user.channel_codes
    channel = Channel.objects.filter(code=code).first() if not mine or code in mine else None
    if channel is None:
        return problem(404, "channel_not_found", f"There is no channel {code}.")
    if not (channel.tells_stock and channel.is_active):
        return problem(409, "stock_not_told", f"{code} is not told its stock; an admin switches it on in Set-up.")
    rows = ToldStock.objects.filter(channel=channel, sequence__gt=query.since).order_by("sequence")
    found = list(rows.select_related("product")[: query.limit + 1])
    shown = found[: query.limit]
    return {
        "channel": code, "stock": [figure(row) for row in shown], "next": shown[-1].sequence if shown else query.since,
        "more": len(found) > query.limit,
    }  # fmt: skip
