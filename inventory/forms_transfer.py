"""What people type about transfers."""

from typing import Any

from django import forms

from inventory.actions.transfers.draft import Load
from inventory.forms_lines import LinesForm
from inventory.models import Location, TransferLine


class TransferForm(LinesForm):
    """A draft of a transfer: from a place of this person's, to any place."""

    source = forms.ModelChoiceField(
        label="From", queryset=Location.objects.none(), to_field_name="code", empty_label="Choose a location"
    )
    location = forms.ModelChoiceField(
        label="To", queryset=Location.objects.ours().filter(is_active=True), to_field_name="code",
        empty_label="Choose a location",
    )  # fmt: skip
    eta = forms.DateField(label="Expected there on", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, places: Any, lines: list[TransferLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["source"].queryset = places  # type: ignore[attr-defined]
        self.fields["pasted"].help_text = "One line each: SKU, units."
        self.make_rows(data, lines)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("source") and data.get("source") == data.get("location"):
            self.add_error("location", "Choose another place than the one it leaves.")
        return data

    def wish(self, n: int, sku: str, qty: int) -> Load:
        return Load(sku, qty)

    def read(self, sku: str, qty: int, cells: list[str]) -> Load:
        return Load(sku, qty)
