"""What people type about an assembly: what, how many, where, when, and of what."""

from typing import Any

from django import forms

from inventory.actions.recipe import Part
from inventory.forms_lines import LinesForm
from inventory.models import Location
from inventory.offering import OFFERED


class AssemblyForm(LinesForm):
    """Rows of a component's SKU and its units in one."""

    sku = forms.CharField(label="Make this SKU", max_length=80, widget=forms.TextInput(OFFERED))
    units = forms.IntegerField(label="How many", min_value=1, max_value=1_000_000)
    location = forms.ModelChoiceField(
        label="At", queryset=Location.objects.none(), to_field_name="code", empty_label="Choose a location"
    )
    eta = forms.DateField(label="Made by", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, places: Any, parts: list[Part], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields["pasted"].help_text = "One line each: SKU, units in one."
        self.fields["units"].widget.attrs["inputmode"] = "numeric"
        del self.fields["version"]
        self.make_rows(data, [_Row(part) for part in parts])

    def wish(self, n: int, sku: str, qty: int) -> Part:
        return Part(sku, qty)

    def read(self, sku: str, qty: int, cells: list[str]) -> Part:
        return Part(sku, qty)


class _Row:
    """A part as the rows of a form want it: a product with a SKU, and units."""

    def __init__(self, part: Part) -> None:
        self.product, self.qty = part, part.qty
