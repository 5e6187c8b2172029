"""What people type about a return. Each form has `rows`: a line with its own fields, for the tables of the pages."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from inventory.models import Location
from orders.models import OrderLine
from returns.actions.inspect import AT_SUPPLIER, Finding
from returns.actions.receive import suppliers_of
from returns.actions.resolve import Settlement
from returns.models import Condition, Disposition, Outcome, Return, ReturnLine, ReturnReason, ReturnType

MAX_PARTS = 3


class LineForm(forms.Form):
    """A form with the same few fields for every line; `_add` names them `<what>_<key>`."""

    def _add(self, what: str, key: Any, field: forms.Field, label: str) -> None:
        css = "select" if isinstance(field.widget, forms.Select) else "input"
        field.widget.attrs |= {"aria-label": label, "class": css}
        field.label = label
        self.fields[f"{what}_{key}"] = field

    def bound(self, what: str, key: Any) -> forms.BoundField:
        return self[f"{what}_{key}"]

    def value(self, what: str, key: Any) -> Any:
        return self.cleaned_data.get(f"{what}_{key}")


def qty_field(most: int, initial: int) -> forms.IntegerField:
    field = forms.IntegerField(min_value=0, max_value=most, initial=initial, required=False)
    field.widget.attrs |= {"inputmode": "numeric", "size": "3"}
    return field


class NewReturnForm(LineForm):
    """Ask for units of an order to come back. `free` says how many of each line may be asked for."""

    type = forms.ChoiceField(
        label="What is it", choices=[(t.value, t.label) for t in ReturnType if t != ReturnType.RTO]
    )
    reason = forms.ModelChoiceField(
        label="Reason", queryset=ReturnReason.objects.none(), to_field_name="key", empty_label="Choose a reason"
    )
    note = forms.CharField(
        label="What the customer says", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed when the return window is over: why it is accepted anyway.",
    )  # fmt: skip

    def __init__(self, *args: Any, lines: list[OrderLine], free: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.free = lines, free
        reasons = ReturnReason.objects.filter(is_active=True)
        self.fields["reason"].queryset = reasons  # type: ignore[attr-defined]
        for line in lines:
            if free[line.pk]:
                self._add("qty", line.pk, qty_field(free[line.pk], 0), f"Units of {line.sku} to send back")

    def rows(self) -> Iterator[dict[str, Any]]:
        for line in self.lines:
            free = self.free[line.pk]
            yield {"line": line, "free": free, "qty": self.bound("qty", line.pk) if free else None}

    @property
    def quantities(self) -> dict[int, int]:
        return {line.pk: self.value("qty", line.pk) or 0 for line in self.lines}


class DecisionForm(forms.Form):
    note = forms.CharField(
        label="Why", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to decline; the customer may be told.",
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Reason", max_length=500)


class TransitForm(forms.Form):
    carrier = forms.CharField(max_length=60, required=False)
    tracking_number = forms.CharField(label="Tracking number", max_length=80, required=False)


class ReceiptForm(LineForm):
    """Count what is in the parcel."""

    location = forms.ChoiceField(label="Opened at")
    is_last = forms.BooleanField(label="Nothing more comes", required=False)

    def __init__(self, *args: Any, rma: Return, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = list(rma.lines.all())
        ours = Location.objects.ours().filter(is_active=True).values_list("code", "name")
        theirs = suppliers_of(rma.order.number).values_list("code", "name")
        places = [*ours, *((code, f"{name}, who had sent it") for code, name in theirs)]
        begun_at = rma.location.code if rma.location and rma.qty_received else ""
        choices = [(code, name) for code, name in places if begun_at in ("", code)]
        self.fields["location"].choices = choices  # type: ignore[attr-defined]
        for entry in self.entries:
            self._add(
                "qty", entry.pk, qty_field(entry.qty_missing, entry.qty_missing), f"Units of {entry.line.sku} received"
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        for entry in self.entries:
            yield {"entry": entry, "qty": self.bound("qty", entry.pk)}

    @property
    def quantities(self) -> dict[int, int]:
        return {entry.pk: self.value("qty", entry.pk) or 0 for entry in self.entries}


class InspectionForm(LineForm):
    """What was found: up to three parts a line, each with its units, condition and destination."""

    def __init__(self, *args: Any, rma: Return, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at_supplier = bool(rma.location and rma.location.is_supplier)
        self.entries = [entry for entry in rma.lines.all() if entry.qty_received]
        for entry in self.entries:
            for part in range(min(entry.qty_received, MAX_PARTS)):
                self._add_part(entry, part)

    def _add_part(self, entry: ReturnLine, part: int) -> None:
        key, which = f"{entry.pk}_{part}", f"{entry.line.sku}, part {part + 1}"
        self._add("qty", key, qty_field(entry.qty_received, 0 if part else entry.qty_received), f"Units of {which}")
        self._add("condition", key, forms.ChoiceField(choices=Condition.choices), f"Condition of {which}")
        goes = [c for c in Disposition.choices if not self.at_supplier or c[0] in AT_SUPPLIER]
        self._add("disposition", key, forms.ChoiceField(choices=goes), f"Where {which} goes")
        self._add("note", key, forms.CharField(max_length=300, required=False), f"Note on {which}")
        self.fields[f"note_{key}"].widget.attrs["placeholder"] = "Note"

    def rows(self) -> Iterator[dict[str, Any]]:
        for entry in self.entries:
            yield {
                "entry": entry,
                "parts": [self._part(entry, part) for part in range(min(entry.qty_received, MAX_PARTS))],
            }

    def _part(self, entry: ReturnLine, part: int) -> dict[str, forms.BoundField]:
        key = f"{entry.pk}_{part}"
        return {what: self.bound(what, key) for what in ("qty", "condition", "disposition", "note")}

    @property
    def findings(self) -> list[Finding]:
        found = []
        for entry in self.entries:
            for part in range(min(entry.qty_received, MAX_PARTS)):
                key = f"{entry.pk}_{part}"
                values = [self.value(what, key) for what in ("qty", "condition", "disposition", "note")]
                found.append(Finding(entry.pk, values[0] or 0, values[1], values[2], values[3] or ""))
        return found


class SettlementForm(LineForm):
    """What becomes of each line, and the sum. Amounts in the order's currency."""

    deduction = forms.DecimalField(
        label="Take off", min_value=0, max_digits=14, decimal_places=4, initial=0, required=False,
        help_text="Freight or restocking. Not for our error or courier damage.",
    )  # fmt: skip
    shipping = forms.DecimalField(
        label="Shipping to give back", min_value=0, max_digits=14, decimal_places=4, initial=0, required=False
    )
    note = forms.CharField(
        label="Reason for the file", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, rma: Return, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = list(rma.lines.all())
        self.is_waived = rma.received_at is None
        first = Outcome.EXCHANGE if rma.type == ReturnType.EXCHANGE else Outcome.REFUND
        for entry in self.entries:
            here = self.here(entry)
            if here:
                self._add(
                    "outcome",
                    entry.pk,
                    forms.ChoiceField(choices=Outcome.choices, initial=first),
                    f"Outcome for {entry.line.sku}",
                )
                self._add("accepted", entry.pk, qty_field(here, here), f"Units of {entry.line.sku} accepted")

    def here(self, entry: ReturnLine) -> int:
        return entry.qty if self.is_waived else entry.qty_received

    def rows(self) -> Iterator[dict[str, Any]]:
        for entry in self.entries:
            if self.here(entry):
                yield {
                    "entry": entry,
                    "outcome": self.bound("outcome", entry.pk),
                    "accepted": self.bound("accepted", entry.pk),
                }

    @property
    def settlements(self) -> dict[int, Settlement]:
        return {
            entry.pk: Settlement(
                self.value("outcome", entry.pk) or Outcome.REJECT, self.value("accepted", entry.pk) or 0
            )
            for entry in self.entries
        }

    @property
    def amounts(self) -> dict[str, Decimal]:
        return {name: self.cleaned_data.get(name) or Decimal(0) for name in ("deduction", "shipping")}
