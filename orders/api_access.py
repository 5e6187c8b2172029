"""What every endpoint about one order shares: which orders a key sees, acting once, and the answer."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Schema

from oms.intake.auth import lacks_scope
from oms.intake.idempotency import once
from oms.intake.models import ApiKey, Scope
from oms.intake.problem import problem
from oms.kernel.actors import Actor
from oms.kernel.db import retrying
from oms.kernel.errors import Refused
from orders.api import OrderOut, brief
from orders.models import Order
from orders.policies import may_move
from orders.querysets import OrderQuerySet

Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,30}$", description="The order's number, such as SO-10001")]


def orders_of(key: ApiKey) -> OrderQuerySet:
    """The orders this key may see: its user's, and only its own channel's when it is bound to one."""
    rows = Order.objects.visible_to(key.user)
    return rows.filter(channel__code=key.channel_code) if key.channel_code else rows


def denied_to(key: ApiKey, scope: str, permission: str) -> HttpResponse | None:
    """Why this key, or the user it acts as, may not ask at all; None when it may."""
    if denied := lacks_scope(key, scope):
        return denied
    if not key.user.can(permission):
        return problem(403, "permission_missing", f"{key.user.display_name}, whom this key acts as, may not do this.")
    return None


def not_found(number: str) -> HttpResponse:
    return problem(404, "order_not_found", f"There is no order {number}.")


def work(
    request: HttpRequest, number: str, *, move: str = "", permission: str = "orders.view", act: Callable[[Actor], Any],
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Act on an order once per Idempotency-Key and answer where it stands now, or what `act` answers as a Schema.

    A refusal is an answer too: it is kept, and the same key gets it again. 403 when the key's user may not make the move.
    """
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    if denied := lacks_scope(key, Scope.ORDERS_WRITE):
        return denied
    if not orders_of(key).filter(number=number).exists():
        return not_found(number)
    if not key.user.can(permission):
        return problem(403, "permission_missing", f"{key.user.display_name}, whom this key acts as, may not do this.")
    if refusal := move and may_move(key.user, "order", move):
        return problem(403, refusal.code, refusal.message)
    return retrying()(once)(request, key, lambda: _acted(key, number, act, status))


def _acted(key: ApiKey, number: str, act: Callable[[Actor], Any], status: int) -> HttpResponse:
    try:
        answer = act(Actor("integration", key.name, key.user_id))
    except Refused as refused:  # the action's own transaction is rolled back by now
        return problem(404 if refused.code == "order_not_found" else 409, refused.code, refused.message)
    if not isinstance(answer, Schema):
        order = orders_of(key).select_related("channel").get(number=number)
        answer = OrderOut.model_validate(brief(order))
    return HttpResponse(answer.model_dump_json(), status=status, content_type="application/json")
