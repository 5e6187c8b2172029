"""What people type about payments and refunds."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms

from oms.kernel.clock import now
from payments.actions.refund import OtherWay
from payments.models import Method, Payment, Way

RECORDED = [(m.value, m.label) for m in Method if m != Method.COD]


def amount_field(label: str, **kwargs: Any) -> forms.DecimalField:
    field = forms.DecimalField(label=label, max_digits=14, decimal_places=4, **kwargs)
    field.widget.attrs["inputmode"] = "decimal"
    return field


class SentOnce(forms.Form):
    """A form that carries a key drawn when it was opened: sent twice, it counts once."""

    request_key = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "request_key" in self.errors:
            self.add_error(None, "This page is out of date. Open the form again.")
        return cleaned


class RecordForm(SentOnce):
    method = forms.ChoiceField(
        label="How it was paid", choices=RECORDED, widget=forms.Select(attrs={"autofocus": True})
    )
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


class RefundForm(SentOnce):
    amount = amount_field("Amount")
    payment = forms.ChoiceField(label="From", required=False)
    reason = forms.CharField(max_length=300)
    way = forms.ChoiceField(
        label="How it goes back", required=False, choices=[("", "The way it was paid"), *Way.choices],
        help_text="Another way needs a second person's approval, whatever the amount.",
    )  # fmt: skip
    way_to = forms.CharField(
        label="Where to, if another way", max_length=120, required=False,
        help_text="The account, the UPI id, or who takes the cash.",
    )  # fmt: skip
    way_reason = forms.CharField(label="Why not the way it was paid", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """A way without a reason, or a reason without a way, is a slip."""
        cleaned = super().clean()
        for name, says in (
            ("way_to", "Say where it goes."),
            ("way_reason", "Say why it cannot go back the way it was paid."),
        ):
            if cleaned.get("way") and not cleaned.get(name, "").strip() and name not in self.errors:
                self.add_error(name, says)
            if not cleaned.get("way") and cleaned.get(name, "").strip():
                self.add_error("way", "Choose the other way, or empty what is written about it.")
        return cleaned

    def other_way(self) -> OtherWay | None:
        """What was typed about another way; None: back the way it came."""
        given = self.cleaned_data
        return OtherWay(given["way"], given["way_to"], given["way_reason"]) if given["way"] else None

    def __init__(self, *args: Any, payments: list[Payment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(p.number, f"{p.number} {p.get_method_display()}") for p in payments]
        self.fields["payment"].choices = [("", "The newest payments first"), *named]  # type: ignore[attr-defined]
