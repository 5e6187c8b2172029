"""What people type on the page of the routing rules."""

from collections.abc import Mapping
from typing import Any

from django import forms

from inventory.models import Location, RoutingRule
from inventory.models.routing import OtherwiseChoice, SplitChoice, StrategyChoice
from inventory.routing.conditions import FIELDS, FITTING, TESTS
from orders.forms import Sentences
from orders.models import Channel


class RuleForm(Sentences):
    """One rule but its conditions, which are rows of their own (`conditions_in`)."""

    name = forms.CharField(label="Name", max_length=80)
    is_on = forms.BooleanField(
        label="On", required=False, widget=forms.CheckboxInput({"class": "switch", "role": "switch"})
    )
    strategy = forms.ChoiceField(label="Send from", choices=StrategyChoice.choices)
    places = forms.CharField(
        label="Places", required=False, max_length=400,
        help_text="Codes in order, with commas; empty: the places of the order's channel.",
    )  # fmt: skip
    max_km = forms.IntegerField(label="At most km away", required=False, min_value=1, max_value=20000)
    only_open = forms.BooleanField(label="Only places still open that day", required=False)
    split = forms.ChoiceField(label="Split", choices=SplitChoice.choices)
    min_percent = forms.IntegerField(
        label="A place sends from % of the units", required=False, min_value=0, max_value=100
    )
    max_places = forms.IntegerField(label="Over at most places", required=False, min_value=1, max_value=20)
    otherwise = forms.ChoiceField(label="If no place may send", choices=OtherwiseChoice.choices)

    def clean_places(self) -> list[str]:
        codes = list(dict.fromkeys(c.strip().lower() for c in self.cleaned_data["places"].split(",") if c.strip()))
        known = set(Location.objects.ours().values_list("code", flat=True))
        if unknown := [c for c in codes if c not in known]:
            raise forms.ValidationError(
                f"There is no place {', '.join(unknown)}; there are {', '.join(sorted(known)[:12])}."
            )
        return codes

    def clean_min_percent(self) -> int:
        return self.cleaned_data["min_percent"] or 0


def filled(rule: RoutingRule) -> RuleForm:
    """The form as the rule stands."""
    names = [n for n in RuleForm.base_fields if n != "places"]
    return RuleForm(initial={n: getattr(rule, n) for n in names} | {"places": ", ".join(rule.places)})


def conditions_in(post: Mapping[str, str]) -> list[dict[str, str]]:
    """The condition rows of a posted form, those without a value left out, in order."""
    rows = []
    for i in range(20):
        if f"field-{i}" in post and (value := post[f"value-{i}"].replace("\x00", "").strip()[:400]):
            rows.append({"field": post[f"field-{i}"][:20], "test": post.get(f"test-{i}", "")[:20], "value": value})
    return rows


def condition_rows(conditions: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Rows to draw: those there are and an empty one, each with its choices."""
    empty = {"field": "state", "test": "is", "value": ""}
    return [
        c | {"number": i + 1, "index": i, "is_new": i == len(conditions)} for i, c in enumerate([*conditions, empty])
    ]


CHOICES = {
    "fields": list(FIELDS.items()),
    "tests": list(TESTS.items()),
    "fitting": [(label, ", ".join(TESTS[t] for t in FITTING[key])) for key, label in FIELDS.items()],
}


class ExampleForm(Sentences):
    """An order somebody knows the right place of."""

    name = forms.CharField(label="What it stands for", max_length=80)
    channel = forms.ChoiceField(label="Channel")
    country = forms.CharField(label="Country", max_length=2, required=False, help_text="Two letters, like IN.")
    state = forms.CharField(label="State", max_length=80, required=False)
    postal_code = forms.CharField(label="Postal code", max_length=10, required=False)
    tags = forms.CharField(label="Tags", max_length=200, required=False)
    total = forms.DecimalField(label="Total", required=False, min_value=0, max_digits=14, decimal_places=2)
    without = forms.CharField(label="No goods at", max_length=200, required=False, help_text="Codes with commas.")
    expected = forms.ChoiceField(label="Must come from", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {c.code: c for c in Channel.objects.filter(is_active=True)}
        self.fields["channel"].choices = [(c.code, c.name) for c in self.channels.values()]  # type: ignore[attr-defined]
        places = Location.objects.ours().filter(is_active=True).values_list("code", "name")
        self.fields["expected"].choices = [("", "Nowhere: it waits"), *places]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What `add_example` takes."""
        data = self.cleaned_data
        channel = self.channels[data["channel"]]
        facts = {
            "channel": channel.code, "country": (data["country"] or channel.country).upper(), "state": data["state"],
            "postal_code": data["postal_code"], "tags": _parts(data["tags"]), "total": str(data["total"] or 0),
            "currency": channel.currency,
        }  # fmt: skip
        return {
            "name": data["name"], "facts": facts, "without": [c.lower() for c in _parts(data["without"])], "expected": data["expected"],
        }  # fmt: skip


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
