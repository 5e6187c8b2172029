"""What people type to split an order or to merge two."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from oms.kernel.plural import plural
from orders.forms import Sentences
from orders.models import Order, OrderLine
from orders.splitting.rules import EACH


class SplitForm(Sentences):
    """One field per line with open units; empty asks for none. `seen` is the version the preview was made of."""

    reason = forms.CharField(
        label="Why it is split", max_length=300, error_messages={"required": "Say why; the timeline keeps it."}
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Iterable[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.qty_open > 0]
        for line in self.lines:
            self.fields[f"qty-{line.pk}"] = forms.IntegerField(
                label=f"Units of {line.sku} to the new order", required=False, min_value=0, max_value=1_000_000,
                widget=forms.TextInput({"inputmode": "numeric", "size": "5"}), disabled=line.qty_cancellable == 0,
                error_messages={"invalid": "Write a whole number of units.", "min_value": "Not below zero."},
            )  # fmt: skip

    def rows(self) -> list[tuple[OrderLine, Any]]:
        """Each line with its field, for the page."""
        return [(line, self[f"qty-{line.pk}"]) for line in self.lines]

    def quantities(self) -> dict[int, int]:
        return {line.pk: qty for line in self.lines if (qty := self.cleaned_data.get(f"qty-{line.pk}"))}


class MergeForm(Sentences):
    """Which other order, which number stays, whose address stands, and why; `seen` and `other_seen` are versions."""

    other = forms.ChoiceField(label="Merge with", error_messages={"required": "Choose the other order."})
    stays = forms.ChoiceField(label="Which number stays")
    address = forms.ChoiceField(
        label="Deliver to the address of", required=False,
        help_text="Asked where the two differ.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why they are merged", max_length=300, error_messages={"required": "Say why; the timeline keeps it."}
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    other_seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: Order, others: Sequence[Order], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        blank = [] if len(others) == 1 else [("", "Choose")]
        self.fields["other"].choices = blank + [
            (o.number, f"{o.number}, {plural(o.qty_ordered, 'unit')}, {o.ship_city or 'no city'}") for o in others
        ]  # type: ignore[attr-defined]
        both = [("this", order.number), ("other", "The other one")]
        self.fields["stays"].choices = both  # type: ignore[attr-defined]
        self.fields["address"].choices = [("", "They are the same"), *both, (EACH, "Each to its own")]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """The keywords of the merge: number (stays), other (ends), address_of, reason."""
        data = self.cleaned_data
        this, other = self.order.number, data["other"]
        number, ends = (this, other) if data["stays"] == "this" else (other, this)
        address = {"this": this, "other": other, EACH: EACH}.get(data["address"], "")
        return {"number": number, "other": ends, "address_of": address, "reason": data["reason"]}
