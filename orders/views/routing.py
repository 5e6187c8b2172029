"""The routing rules: their versions, a draft being edited and tried, and making one live. Every form works without scripts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from inventory.models import PolicyState, RoutingDecision, RoutingPolicy, RoutingReplay, RoutingRule
from inventory.routing.conditions import words
from inventory.routing.facts import Condition
from oms.access.decorators import needs
from oms.access.shown import shown_as_message
from oms.access.steps import step_of
from oms.kernel.clock import now
from oms.kernel.errors import Refused
from oms.kernel.nudge import nudge_on_commit
from orders.actions import routing_examples as examples
from orders.actions import routing_rules as rules
from orders.actions.routing_activate import activate_policy
from orders.actions.routing_draft import discard_draft, draft_policy
from orders.actions.routing_replay import ask_replay
from orders.forms_routing import CHOICES, ExampleForm, RuleForm, condition_rows, conditions_in, filled
from orders.replay.figures import figures_of
from orders.replay.stale import stale
from orders.routing_examples import try_examples

COUNTED_DAYS, SHOWN_MOVED = 30, 50


@require_GET
@needs("routing.view")
def versions(request: HttpRequest) -> HttpResponse:
    """Every version, newest first."""
    rows = RoutingPolicy.objects.select_related("created_by", "activated_by", "based_on")
    context = {
        "policies": rows.annotate(rule_count=Count("rules")).order_by("-version"),  # a grouped query has no order of its own
        "here": "routing", "may_edit": request.user.can("routing.edit"),
        "sees_automatic": request.user.can("automatic.view"), "live": next((p for p in rows if p.state == PolicyState.ACTIVE), None),
    }  # fmt: skip
    return render(request, "rules/routing_list.html", context)


@step_of("routing:versions")
@needs("routing.edit")
def new_draft(request: HttpRequest) -> HttpResponse:
    """A new draft, from the version named or from nothing."""
    base = request.POST.get("copy_of", "")
    with shown_as_message(request):
        draft = draft_policy(copy_of=int(base) if base.isdecimal() and len(base) < 9 else None, actor=request.user)
        return redirect("routing:policy", draft.version)
    return redirect("routing:versions")


@require_GET
@needs("routing.view")
def policy(request: HttpRequest, version: int) -> HttpResponse:
    """One version: its rules, the chosen one, its examples, and what a draft would have done."""
    return _page(request, find(version))


@step_of("routing:policy", "version")
@needs("routing.edit")
def step(request: HttpRequest, version: int) -> HttpResponse:
    """One change of a version, named by the button pressed."""
    row = find(version)
    name, _, of = request.POST.get("step", "").partition(":")
    chosen = request.POST.get("rule", "1")
    position = int(chosen) if chosen.isdecimal() and len(chosen) < 5 else 0
    if name == "save":
        return _save(request, row, position)
    if name == "example":
        return _example(request, row)
    done = STEPS.get(name)
    with shown_as_message(request):
        if done is None:
            raise Refused("step_unknown", "Use one of the buttons on the page.")
        where = done(request, row, position, int(of) if of.isdecimal() and len(of) < 12 else 0)
        return redirect(where or at(row, position))
    return redirect(at(row, position))


def find(version: int) -> RoutingPolicy:
    row = RoutingPolicy.objects.select_related("created_by", "activated_by", "based_on").filter(version=version).first()
    if row is None:
        raise Http404
    return row


def at(row: RoutingPolicy, position: int) -> str:
    """The address of a version with one of its rules open."""
    return f"{reverse('routing:policy', args=[row.version])}?rule={position}"


def _page(
    request: HttpRequest, row: RoutingPolicy, *, form: RuleForm | None = None, conditions: list | None = None,
    example: ExampleForm | None = None, position: int = 0, status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = request.GET.get("rule", "")
    position = position or (int(asked) if asked.isdecimal() and len(asked) < 5 else 1)
    listed = list(row.rules.all())
    rule = next((r for r in listed if r.position == position), listed[0] if listed else None)
    is_draft = row.state == PolicyState.DRAFT and request.user.can("routing.edit")
    tried = try_examples(row)
    replay = RoutingReplay.objects.filter(policy=row).select_related("policy", "against", "by").first()
    live = RoutingPolicy.objects.filter(state=PolicyState.ACTIVE).first()
    context = {
        "policy": row, "here": "routing", "is_draft": is_draft, "rule": rule, "rules": _listed(row, listed), "tried": tried,
        "failing": sum(not t.passes for t in tried), "form": form or (filled(rule) if rule else None), "choices": CHOICES,
        "conditions": condition_rows(conditions if conditions is not None else rule.conditions if rule else []),
        "seen": request.POST.get("seen") if form else rules.fingerprint(rule) if rule else "",
        "live": live, "stale": stale(replay, live) if replay else "", "may_edit": request.user.can("routing.edit"),
        "example": example or (ExampleForm() if is_draft else None), "replay": replay,
        "figures": figures_of(replay) if replay and replay.finished_at else [],
        "moved": replay.moved[:SHOWN_MOVED] if replay else [], "said": _said(rule) if rule else [], "count_days": COUNTED_DAYS,
        "next_rule": next((r for r in listed if rule and r.position == rule.position + 1), None),
    }  # fmt: skip
    return render(request, "rules/routing_policy.html", context, status=status)


def _listed(row: RoutingPolicy, listed: list[RoutingRule]) -> list[dict[str, Any]]:
    """The rules with their conditions in words and the orders each won in the last 30 days."""
    since = now() - timedelta(days=COUNTED_DAYS)
    won = dict(
        RoutingDecision.objects.filter(policy=row, at__gte=since, occasion="placed")
        .values_list("rule_position").annotate(n=Count("pk"))
    )  # fmt: skip
    return [
        {
            "rule": r,
            "words": ", ".join(words(Condition(**c)) for c in r.conditions) or "Every order",
            "won": won.get(r.position, 0),
        }
        for r in listed
    ]


def _said(rule: RoutingRule) -> list[tuple[str, str]]:
    """A rule that cannot be edited, as sentences."""
    lines = [("If", words(Condition(**c))) for c in rule.conditions] or [("If", "Every order")]
    then = [rule.get_strategy_display(), f"Split: {rule.get_split_display().lower()}"]
    if rule.places:
        then.insert(1, f"From {', '.join(rule.places)}")
    if rule.max_km:
        then.append(f"At most {rule.max_km} km")
    if rule.only_open:
        then.append("Only places still open that day")
    if rule.min_percent:
        then.append(f"A place sends from {rule.min_percent} % of the units")
    if rule.max_places:
        then.append(f"Over at most {rule.max_places} places")
    return [*lines, *(("Then", t) for t in then), ("Else", rule.get_otherwise_display())]


def _save(request: HttpRequest, row: RoutingPolicy, position: int) -> HttpResponse:
    form, conditions = RuleForm(request.POST), conditions_in(request.POST)
    if form.is_valid():
        try:
            rules.save_rule(
                row.version, position, values=form.cleaned_data | {"conditions": conditions},
                seen=request.POST.get("seen", ""), actor=request.user,
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, f"Rule {position} is saved in the draft.")
            return redirect(at(row, position))
    return _page(request, row, form=form, conditions=conditions, position=position, status=422)


def _example(request: HttpRequest, row: RoutingPolicy) -> HttpResponse:
    form = ExampleForm(request.POST)
    if form.is_valid():
        try:
            examples.add_example(row.version, **form.values(), actor=request.user)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return redirect(f"{reverse('routing:policy', args=[row.version])}#examples")
    return _page(request, row, example=form, status=422)


def _add(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> str:
    return at(row, rules.add_rule(row.version, actor=request.user).position)


def _move(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> str:
    return at(row, rules.move_rule(row.version, position, to=of, actor=request.user))


def _remove(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> str:
    rules.remove_rule(row.version, position, actor=request.user)
    return at(row, max(1, position - 1))


def _forget_example(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> str:
    examples.remove_example(row.version, of, actor=request.user)
    return f"{reverse('routing:policy', args=[row.version])}#examples"


def _activate(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> None:
    activate_policy(row.version, note=request.POST.get("note", ""), actor=request.user)
    messages.success(request, f"v{row.version} is live. It chooses the place of every order from now on.")


def _discard(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> str:
    discard_draft(row.version, actor=request.user)
    messages.success(request, f"v{row.version} is gone.")
    return reverse("routing:versions")


def _replay(request: HttpRequest, row: RoutingPolicy, position: int, of: int) -> str:
    days = request.POST.get("days", "30")
    ask_replay(row.version, days=int(days) if days.isdecimal() and len(days) < 4 else 30, actor=request.user)
    nudge_on_commit("orders.tasks.run_replays")
    return f"{reverse('routing:policy', args=[row.version])}#replay"


STEPS: dict[str, Callable[[HttpRequest, RoutingPolicy, int, int], str | None]] = {
    "add": _add, "move": _move, "remove": _remove, "forget": _forget_example, "activate": _activate, "discard": _discard,
    "replay": _replay,
}  # fmt: skip


@require_GET
@needs("routing.view")
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The live part while a replay runs; htmx asks again until it is through, then loads the page anew."""
    replay = RoutingReplay.objects.select_related("policy", "against", "by").filter(pk=pk).first()
    if replay is None:
        raise Http404
    if not request.htmx:  # type: ignore[attr-defined]
        return _page(request, replay.policy)
    answer = render(request, "rules/_replay_running.html", {"replay": replay})
    if replay.finished_at:
        answer["HX-Refresh"] = "true"
    return answer
