"""What people type about purchase orders. Lines are rows of a table, or pasted from a sheet."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from inventory.actions.purchases.draft import MOST, Wish
from inventory.models import Location, PurchaseLine, Supplier, SupplierItem

BLANK_ROWS = 3
MOST_LINES = 500


class PurchaseForm(forms.Form):
    """A draft: `wishes` are the lines asked for, typed rows first, then pasted ones."""

    supplier = forms.ModelChoiceField(
        queryset=Supplier.objects.filter(is_active=True), to_field_name="code", empty_label="Choose a supplier"
    )
    location = forms.ModelChoiceField(
        label="To arrive at", queryset=Location.objects.none(), to_field_name="code", empty_label="Choose a location"
    )
    reference = forms.CharField(label="Supplier's reference", max_length=80, required=False)
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    pasted = forms.CharField(
        label="Paste lines from a sheet", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One line each: SKU, units, cost of one, day as 2026-12-03. The last two may be missing.",
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, places: Any, lines: list[PurchaseLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.count = len(lines) + BLANK_ROWS
        if data is not None and str(data.get("rows", "")).isdigit():
            self.count = min(int(data["rows"]), MOST_LINES)
        for n in range(self.count):
            line = lines[n] if n < len(lines) else None
            self._add(f"sku_{n}", forms.CharField(required=False, max_length=80), "SKU", line and line.product.sku)
            self._add(
                f"qty_{n}", forms.IntegerField(required=False, min_value=1, max_value=MOST), "Units", line and line.qty
            )
            cost = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=4)
            self._add(f"cost_{n}", cost, "Cost of one", line and f"{line.unit_cost.normalize():f}")
            day = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}))
            self._add(f"eta_{n}", day, "Expected on", line and line.eta)

    def _add(self, name: str, field: forms.Field, label: str, initial: Any) -> None:
        n = int(name.rpartition("_")[2]) + 1
        field.label, field.initial = f"{label}, line {n}", initial
        field.widget.attrs |= {"aria-label": f"{label}, line {n}", "class": "input"}
        if isinstance(field, (forms.IntegerField, forms.DecimalField)):
            field.widget = forms.TextInput(
                {"inputmode": "decimal", "size": "6", "aria-label": f"{label}, line {n}", "class": "input"}
            )
        self.fields[name] = field

    def rows(self) -> Iterator[dict[str, forms.BoundField]]:
        for n in range(self.count):
            yield {what: self[f"{what}_{n}"] for what in ("sku", "qty", "cost", "eta")}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.wishes: list[Wish] = []
        for n in range(self.count):
            sku, qty = (data.get(f"sku_{n}") or "").strip(), data.get(f"qty_{n}")
            if sku and f"qty_{n}" not in self.errors:
                if qty is None:
                    self.add_error(f"qty_{n}", "How many units?")
                else:
                    self.wishes.append(Wish(sku, qty, data.get(f"cost_{n}"), data.get(f"eta_{n}")))
            elif qty is not None:
                self.add_error(f"sku_{n}", "Which SKU?")
        for at, text in enumerate((data.get("pasted") or "").splitlines()[:MOST_LINES], 1):
            if text.strip():
                self._read(at, text)
        return data

    def _read(self, at: int, text: str) -> None:
        cells = [c.strip() for c in re.split(r"\t|;|,", text)] + ["", ""]
        try:
            qty = int(cells[1])
            cost = Decimal(cells[2]) if cells[2] else None
            eta = date.fromisoformat(cells[3]) if cells[3] else None
        except (ValueError, InvalidOperation, IndexError):
            self.add_error("pasted", f"Line {at}, “{text[:40]}”, cannot be read; write SKU, units, cost, day.")
            return
        self.wishes.append(Wish(cells[0], qty, cost if cost is None or cost.is_finite() else Decimal(-1), eta))


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
