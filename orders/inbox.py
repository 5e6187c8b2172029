"""Orders that arrive as signed messages: the API's own order document, captured once, taken over when it changed."""

from typing import Any

from pydantic import ValidationError

from oms.intake.inbox import handles
from oms.intake.models import InboundMessage
from oms.kernel.actors import Actor
from oms.kernel.errors import Refused
from orders.actions.capture import capture_orders
from orders.actions.recapture import recapture_order
from orders.api import OrderIn
from orders.models import Channel


@handles("orders")
def capture_message(message: InboundMessage) -> str:
    """Capture the order in the body, or take over what changed about it. Refuses, with the field, what is no order."""
    order = _read(bytes(message.body))
    code = message.connection.channel_code or order.channel
    channel = Channel.objects.filter(code=code, is_active=True).first()
    if channel is None:
        raise Refused("channel_unknown", f"There is no active channel “{code[:40]}”.")
    actor = Actor("integration", message.connection.name)
    draft = order.draft()
    result = capture_orders([draft], channel=channel, actor=actor)[0]
    if result.outcome == "refused":
        raise Refused.because(result.refusals)
    if result.outcome == "changed":
        changes = recapture_order(result.number, draft, actor=actor)
        return f"{result.number}: {'; '.join(changes) or 'nothing new'}"
    return f"{result.number} {result.outcome}"


def _read(body: bytes) -> OrderIn:
    try:
        return OrderIn.model_validate_json(body)
    except ValidationError as error:
        first: Any = error.errors()[0]
        where = "/" + "/".join(str(part) for part in first["loc"])
        raise Refused("message_unreadable", f"{where}: {first['msg']}.") from error
