"""Switch an automatic step on, to watching, or off."""

from typing import Any

from django.db import transaction

from oms.events.publish import publish
from oms.kernel.errors import Refused
from orders.actions.automate import call_the_rules
from orders.models import AutomaticStep, StepMode


@transaction.atomic
def switch_step(pk: int, *, mode: str, actor: Any) -> AutomaticStep:
    """From now on the rule does `mode` (a StepMode). What it has made stays made; orders that wait are looked at again.

    Refuses an unknown mode, a rule that is gone, and the mode it has already.
    """
    if mode not in StepMode.values:
        raise Refused("mode_unknown", "A rule is off, watches only, or is on.")
    rule = AutomaticStep.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if rule is None:
        raise Refused("rule_unknown", "That rule is not there any more.")
    before = StepMode(rule.mode)
    if before == mode:
        raise Refused("same_mode", f"“{rule}” is {before.label.lower()} already.")
    rule.mode = mode
    rule.save(update_fields=["mode", "changed_at"])
    publish(
        "automatic.switched", subject=f"automatic-{pk}", actor=actor, rule=rule.name, mode=mode, before=before.value
    )
    call_the_rules()
    return rule
