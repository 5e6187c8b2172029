"""What people type about a supplier who sends to our customers: the terms, and what they say they have."""

from typing import Any

from django import forms

from inventory.actions.drop_shipping import Terms
from inventory.imports.figures import read_figures
from inventory.models import DropShip, Supplier, SupplierItem
from oms.kernel.errors import Refused

WORDS = {
    "own first": DropShip.OWN_FIRST, "supplier first": DropShip.SUPPLIER_FIRST, "supplier only": DropShip.SUPPLIER_ONLY,
}  # fmt: skip
SAYS = {value: words for words, value in WORDS.items()}
MOST_LINES = 5000


class TermsForm(forms.Form):
    """`terms` are the lines read."""

    ships_to = forms.CharField(
        label="Countries they send to", required=False, max_length=200,
        help_text="Two letters each, such as IN, AU. Empty: everywhere.",
    )  # fmt: skip
    lines = forms.CharField(
        label="What they send", required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=(
            "One line each: SKU, when, days until it leaves them, fewest units of a parcel. When: own first (they send when "
            "our own stock cannot), supplier first, or supplier only. The last two may be missing: their usual lead time, and 1."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, supplier: Supplier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = SupplierItem.objects.filter(supplier=supplier).exclude(drop_ship="").select_related("product")
        self.initial = {
            "ships_to": ", ".join(supplier.ships_to),
            "lines": "\n".join(_line(item) for item in items.order_by("product__sku")),
        }  # fmt: skip

    def clean_ships_to(self) -> list[str]:
        found = [part.strip().upper() for part in self.cleaned_data["ships_to"].split(",") if part.strip()]
        if wrong := [part for part in found if not (len(part) == 2 and part.isalpha() and part.isascii())]:
            raise forms.ValidationError(f"“{wrong[0][:20]}” is no country; write two letters, such as IN.")
        return found

    def clean_lines(self) -> list[Terms]:
        found: dict[str, Terms] = {}
        for at, text in enumerate(self.cleaned_data["lines"].splitlines()[:MOST_LINES], 1):
            if not text.strip():
                continue
            sku, when, days, least = [*(cell.strip() for cell in text.split(",")), "", "", ""][:4]
            try:
                found[sku] = Terms(
                    sku, WORDS[" ".join(when.casefold().replace("_", " ").split())].value,
                    int(days) if days else None, int(least or 1),
                )  # fmt: skip
            except (KeyError, ValueError) as error:
                raise forms.ValidationError(
                    f"Line {at}, “{text[:40]}”: write the SKU, then own first, supplier first or supplier only, then whole numbers."
                ) from error
        return list(found.values())


class FiguresForm(forms.Form):
    """What a supplier told they have, typed, pasted or as a file."""

    figures = forms.CharField(
        label="What they say they have", required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One line each: SKU or their own code, units. No units: they tell no figure, and nothing limits us.",
    )  # fmt: skip
    file = forms.FileField(
        label="or their file", required=False, help_text="CSV or text of the same two columns, at most 5 MB."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file, text = data.get("file"), data.get("figures") or ""
        try:
            data["read"] = read_figures(text, file.read() if file else b"")
        except Refused as refused:
            raise forms.ValidationError(refused.message) from refused
        return data


def _line(item: SupplierItem) -> str:
    cells = [item.product.sku, SAYS[DropShip(item.drop_ship)]]
    if item.lead_days is not None or item.min_qty != 1:
        cells += ["" if item.lead_days is None else str(item.lead_days), str(item.min_qty)]
    return ", ".join(cells)
