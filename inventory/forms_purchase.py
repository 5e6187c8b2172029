"""What people type about purchase orders. Lines are rows of a table, or pasted from a sheet."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from inventory.actions.purchases.draft import Wish
from inventory.forms_lines import LinesForm
from inventory.models import Location, PurchaseLine, Supplier, SupplierItem


class PurchaseForm(LinesForm):
    """A draft of a purchase order."""

    more = ("cost", "eta")
    cells = "SKU, units, cost, day"

    supplier = forms.ModelChoiceField(
        queryset=Supplier.objects.filter(is_active=True), to_field_name="code", empty_label="Choose a supplier"
    )
    location = forms.ModelChoiceField(
        label="To arrive at", queryset=Location.objects.none(), to_field_name="code", empty_label="Choose a location"
    )
    reference = forms.CharField(label="Supplier's reference", max_length=80, required=False)
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, places: Any, lines: list[PurchaseLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields[
            "pasted"
        ].help_text = "One line each: SKU, units, cost of one, day as 2026-12-03. The last two may be missing."
        self.make_rows(data, lines)

    def add_more(self, n: int, line: PurchaseLine | None) -> None:
        cost = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=4)
        self._add(f"cost_{n}", cost, "Cost of one", line and f"{line.unit_cost.normalize():f}")
        day = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        self._add(f"eta_{n}", day, "Expected on", line and line.eta)

    def wish(self, n: int, sku: str, qty: int) -> Wish:
        return Wish(sku, qty, self.cleaned_data.get(f"cost_{n}"), self.cleaned_data.get(f"eta_{n}"))

    def read(self, sku: str, qty: int, cells: list[str]) -> Wish:
        cost = Decimal(cells[0]) if cells[0] else None
        eta = date.fromisoformat(cells[1]) if cells[1] else None
        return Wish(sku, qty, cost if cost is None or cost.is_finite() else Decimal(-1), eta)


class SupplierForm(forms.ModelForm):
    """A supplier, and what they sell: one line each in `items`."""

    items = forms.CharField(
        label="What they sell", required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One line each: SKU, their code, cost of one, pack size. The last three may be missing.",
    )  # fmt: skip

    class Meta:
        model = Supplier
        fields = (
            "name", "code", "email", "phone", "address", "currency", "lead_days", "minimum", "over_percent", "is_active",
        )  # fmt: skip
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True
            sold = (
                SupplierItem.objects.filter(supplier=self.instance).select_related("product").order_by("product__sku")
            )
            self.initial["items"] = "\n".join(
                f"{i.product.sku}, {i.code}, {i.cost.normalize():f}, {i.pack}" for i in sold
            )

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"].strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise forms.ValidationError("Enter the three letters of the currency, such as INR.")
        return code

    def clean_items(self) -> list[tuple[str, str, Decimal, int]]:
        found: dict[str, tuple[str, str, Decimal, int]] = {}
        for at, text in enumerate(self.cleaned_data["items"].splitlines()[:5000], 1):
            if not text.strip():
                continue
            cells = [c.strip() for c in text.split(",")] + ["", "", ""]
            try:
                cost, pack = Decimal(cells[2] or "0"), int(cells[3] or "1")
            except (InvalidOperation, ValueError) as error:
                raise forms.ValidationError(f"Line {at}, “{text[:40]}”, cannot be read.") from error
            if not cost.is_finite() or not 0 <= cost < 10**9 or not 0 < pack <= 100_000:
                raise forms.ValidationError(f"Line {at}: the cost is zero or more, the pack size one or more.")
            found[cells[0]] = (cells[0], cells[1][:80], cost, pack)
        return list(found.values())
