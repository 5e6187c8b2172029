"""What people type about stock. Every form carries a key of its own, so that sending it twice posts once."""

import uuid
from typing import Any

from django import forms

from inventory.actions.condition import Condition
from inventory.models import Location, StockLevel

MOST = 1_000_000


def units(label: str, least: int = 1, **kwargs: Any) -> forms.IntegerField:
    field = forms.IntegerField(label=label, min_value=least, max_value=MOST, **kwargs)
    field.widget.attrs["inputmode"] = "numeric"
    return field


def why(label: str = "Why", **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, **kwargs)


class StockForm(forms.Form):
    """At one of the places this person may see; the one in the address is chosen already."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    location = forms.ChoiceField(label="Location")

    def __init__(
        self, data: Any = None, *, levels: dict[str, StockLevel], places: list[Location], **kwargs: Any
    ) -> None:
        initial = {"key": uuid.uuid4(), "location": ""} | kwargs.pop("initial", {})
        super().__init__(data, initial=initial, **kwargs)
        self.levels = levels
        self.places = [(p.code, f"{p.name} ({self._said(p.code)})") for p in places]
        # Nothing is chosen for people: the first place is not where they stand.
        asked = [("", "Choose a location")] if len(places) > 1 and not initial["location"] else []
        self.fields["location"].choices = asked + self.places  # type: ignore[attr-defined]

    def _said(self, code: str) -> str:
        return f"{self.levels[code].on_hand if code in self.levels else 0} on hand"

    def source(self, act: str) -> str:
        return f"{act}:{self.cleaned_data['key']}"


class ReceiveForm(StockForm):
    qty = units("Units that arrived")
    reason = why("Delivery note or remark", required=False, help_text="Kept in the ledger.")


class CountForm(StockForm):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    counted = units("I count", 0, help_text="All units of this SKU there: promised, quarantined and damaged ones too.")
    reason = why()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = ",".join(f"{code}:{level.on_hand}" for code, level in self.levels.items())

    def seen_there(self) -> int:
        """What was on hand at the chosen place when the page was made."""
        pairs = dict(part.rpartition(":")[::2] for part in self.cleaned_data["seen"].split(",") if ":" in part)
        figure = pairs.get(self.cleaned_data["location"], "0")
        return int(figure) if figure.isascii() and figure.isdigit() else 0


class QuarantineForm(StockForm):
    qty = units("Units")
    disposition = forms.ChoiceField(
        label="They are", choices=[("restock", "fit for sale"), ("damage", "damaged"), ("scrap", "scrapped")]
    )
    reason = why()

    def _said(self, code: str) -> str:
        return f"{self.levels[code].quarantined if code in self.levels else 0} in quarantine"


class ConditionForm(StockForm):
    qty = units("Units")
    was = forms.ChoiceField(
        label="They were", choices=[(c.value, c.label) for c in Condition if c != Condition.SCRAPPED]
    )
    becomes = forms.ChoiceField(label="They are now", choices=Condition.choices, initial=Condition.QUARANTINED)
    reason = why()

    def _said(self, code: str) -> str:
        level = self.levels.get(code)
        if level is None:
            return "nothing there"
        return f"{level.available} available, {level.quarantined} in quarantine, {level.damaged} damaged"


class TransferForm(StockForm):
    target = forms.ChoiceField(label="To")
    qty = units("Units")
    reason = why()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].label = "From"
        self.fields["target"].choices = self.places  # type: ignore[attr-defined]

    def _said(self, code: str) -> str:
        return f"{self.levels[code].available if code in self.levels else 0} available"


class SafetyForm(StockForm):
    qty = units("Safety stock", 0, help_text="Below that many available units the SKU is shown as low.")

    def _said(self, code: str) -> str:
        return f"now {self.levels[code].safety_stock if code in self.levels else 0}"
