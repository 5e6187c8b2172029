"""What the house does by itself: the rules, what each made, would have made or left to people, and switching them."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import business_date
from orders.actions.automate_switch import switch_step
from orders.automatic.selectors import DAYS, SHOWN, results, steps
from orders.models import AutomaticOutcome, StepMode

SAYS = {
    StepMode.ON: "It acts from now on, also on the orders that wait already.",
    StepMode.WATCH: "It only notes what it would do.",
    StepMode.OFF: "It does nothing any more.",
}


@require_GET
@needs("automatic.view")
def steps_page(request: HttpRequest) -> HttpResponse:
    """Every rule with its results; `rule` and `outcome` narrow the list below."""
    rule, outcome = request.GET.get("rule", ""), request.GET.get("outcome", "")
    found = steps(request.user)
    context = {
        "here": "routing", "steps": found, "days": DAYS, "shown": SHOWN, "modes": StepMode.choices,
        "first": business_date() - timedelta(days=DAYS - 1),
        "results": results(request.user, rule, outcome),
        "of": next((step.rule for step in found if str(step.rule.pk) == rule), None),
        "outcome": dict(AutomaticOutcome.choices).get(outcome, ""),
        "may_switch": request.user.can("automatic.switch"), "may_edit": request.user.can("admin.site"),
    }  # fmt: skip
    return render(request, "rules/automatic.html", context)


@step_of("automatic:steps")
@needs("automatic.switch")
def mode(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch one rule to the mode of the button pressed."""
    with shown_as_message(request):
        rule = switch_step(pk, mode=request.POST.get("mode", ""), actor=request.user)
        messages.success(request, f"“{rule}” is {rule.get_mode_display().lower()}. {SAYS[StepMode(rule.mode)]}")
    return redirect("automatic:steps")
