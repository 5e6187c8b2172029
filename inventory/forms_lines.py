"""Lines of a draft as people type them: rows of a table, or pasted from a sheet."""

import re
from collections.abc import Iterator
from decimal import InvalidOperation
from typing import Any

from django import forms

from inventory.offering import OFFERED

BLANK_ROWS = 3
MOST_LINES = 500
MOST = 1_000_000


class LinesForm(forms.Form):
    """`wishes` are the lines asked for, typed rows first, then pasted ones. A row is a SKU, units, and `more` columns."""

    more: tuple[str, ...] = ()
    cells = "SKU, units"

    pasted = forms.CharField(label="Paste lines from a sheet", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def make_rows(self, data: Any, lines: list[Any]) -> None:
        self.count = len(lines) + BLANK_ROWS
        if data is not None and str(data.get("rows", "")).isdigit():
            self.count = min(int(data["rows"]), MOST_LINES)
        for n in range(self.count):
            line = lines[n] if n < len(lines) else None
            self._add(f"sku_{n}", forms.CharField(required=False, max_length=80), "SKU", line and line.product.sku)
            self._add(
                f"qty_{n}", forms.IntegerField(required=False, min_value=1, max_value=MOST), "Units", line and line.qty
            )
            self.add_more(n, line)

    def add_more(self, n: int, line: Any) -> None:
        """Add the further columns of row `n`."""

    def wish(self, n: int, sku: str, qty: int) -> Any:
        """What row `n` asks for."""
        raise NotImplementedError

    def read(self, sku: str, qty: int, cells: list[str]) -> Any:
        """What a pasted line asks for; ValueError for a cell that cannot be read."""
        raise NotImplementedError

    def _add(self, name: str, field: forms.Field, label: str, initial: Any) -> None:
        n = int(name.rpartition("_")[2]) + 1
        field.label, field.initial = f"{label}, line {n}", initial
        field.widget.attrs |= {"aria-label": f"{label}, line {n}", "class": "input"}
        if name.startswith("sku_"):
            field.widget.attrs |= OFFERED
        if isinstance(field, (forms.IntegerField, forms.DecimalField)):
            field.widget = forms.TextInput(
                {"inputmode": "decimal", "size": "6", "aria-label": f"{label}, line {n}", "class": "input"}
            )
        self.fields[name] = field

    def rows(self) -> Iterator[dict[str, forms.BoundField]]:
        for n in range(self.count):
            yield {what: self[f"{what}_{n}"] for what in ("sku", "qty", *self.more)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.wishes: list[Any] = []
        for n in range(self.count):
            sku, qty = (data.get(f"sku_{n}") or "").strip(), data.get(f"qty_{n}")
            if sku and f"qty_{n}" not in self.errors:
                if qty is None:
                    self.add_error(f"qty_{n}", "How many units?")
                else:
                    self.wishes.append(self.wish(n, sku, qty))
            elif qty is not None:
                self.add_error(f"sku_{n}", "Which SKU?")
        for at, text in enumerate((data.get("pasted") or "").splitlines()[:MOST_LINES], 1):
            if text.strip():
                self._read(at, text)
        return data

    def _read(self, at: int, text: str) -> None:
        cells = [c.strip() for c in re.split(r"\t|;|,", text)] + ["", ""]
        try:
            self.wishes.append(self.read(cells[0], int(cells[1]), cells[2:]))
        except (ValueError, InvalidOperation, IndexError):
            self.add_error("pasted", f"Line {at}, “{text[:40]}”, cannot be read; write {self.cells}.")
