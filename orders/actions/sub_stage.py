"""Say which of its team's own steps an order is in; nothing else follows from it."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.actions.progress import refresh
from orders.locks import lock_order
from orders.models import Order, SubStage


@transaction.atomic
def set_sub_stage(number: str, *, key: str, actor: Any) -> Order:
    """Put `number` into the sub-stage `key` of the stage it is in; empty takes it out. Leaving the stage ends it too."""
    order = lock_order(number)
    step = SubStage.objects.select_related("stage").filter(key=key, is_active=True).first() if key else None
    if key and (step is None or step.stage.key != order.stage):
        raise Refused("sub_stage_unknown", f"{number} has moved on, or that step is retired. Choose one from the list.")
    if order.sub_stage_id == (step.pk if step else None):
        return order
    order.sub_stage = step
    order.save(update_fields=["sub_stage"])
    refresh(order)
    publish("orders.sub_stage_set", subject=number, actor=actor, label=step.label if step else "", key=key)
    return order
