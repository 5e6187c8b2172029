"""What people type about a kit: its components."""

from typing import Any

from django import forms

from inventory.actions.recipe import Part
from inventory.forms_lines import LinesForm
from inventory.models import KitPart


class KitForm(LinesForm):
    """Rows of a SKU and its units in one kit; `seen` is the recipe that was there when the page was made."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, lines: list[KitPart], seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.fields["pasted"].help_text = "One line each: SKU, units in one kit."
        del self.fields["version"]
        self.make_rows(data, lines)

    def wish(self, n: int, sku: str, qty: int) -> Part:
        return Part(sku, qty)

    def read(self, sku: str, qty: int, cells: list[str]) -> Part:
        return Part(sku, qty)
