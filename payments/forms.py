"""What people type about payments and refunds."""

from datetime import datetime
from typing import Any

from django import forms

from oms.kernel.clock import now
from payments.models import Method, Payment

RECORDED = [(m.value, m.label) for m in Method if m != Method.COD]


def amount_field(label: str, **kwargs: Any) -> forms.DecimalField:
    field = forms.DecimalField(label=label, max_digits=14, decimal_places=4, **kwargs)
    field.widget.attrs["inputmode"] = "decimal"
    return field


class RecordForm(forms.Form):
    method = forms.ChoiceField(label="How it was paid", choices=RECORDED)
    amount = amount_field("Amount")
    reference = forms.CharField(
        max_length=120, required=False, help_text="Needed for UPI and bank transfers; Finance looks it up."
    )
    received_at = forms.DateTimeField(
        label="Received", required=False, help_text="Leave empty for now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    note = forms.CharField(max_length=300, required=False)

    def clean_received_at(self) -> datetime | None:
        at = self.cleaned_data["received_at"]
        if at and at > now():
            raise forms.ValidationError("It cannot have arrived in the future; check the date.")
        return at


class RefundForm(forms.Form):
    amount = amount_field("Amount")
    payment = forms.ChoiceField(label="From", required=False)
    reason = forms.CharField(max_length=300)

    def __init__(self, *args: Any, payments: list[Payment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(p.number, f"{p.number} {p.get_method_display()}") for p in payments]
        self.fields["payment"].choices = [("", "The newest payments first"), *named]  # type: ignore[attr-defined]
