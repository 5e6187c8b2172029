"""What people type about a customer: an address, a contact, which side of a merge wins."""

from typing import Any

from django import forms

from orders.capture.customers import normal_phone
from orders.forms import AddressForm, Sentences
from orders.models import Customer

PARTS = ("Orders", "Accounts", "Goods in", "Owner")


class CustomerAddressForm(AddressForm):
    """An address with what the customer calls it. Store codes of order files are looked up by that name."""

    label = forms.CharField(
        label="What it is called",
        max_length=60,
        required=False,
        help_text="Such as Shop, Godown 2, or their store's code.",
    )
    is_default = forms.BooleanField(label="Their goods usually go here", required=False)
    is_bill_to = forms.BooleanField(label="Their bills usually go here", required=False)

    field_order = ("label",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].widget.attrs["autocomplete"] = "off"

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"], self.data.get(self.add_prefix("country"), "IN"))


class CustomerContactForm(Sentences):
    """A person at a customer."""

    name = forms.CharField(label="Name", max_length=160)
    part = forms.CharField(
        label="What they do", max_length=60, required=False, widget=forms.TextInput({"list": "contact-parts", "autocomplete": "off"}),
        help_text="Such as Orders, Accounts or Goods in.",
    )  # fmt: skip
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    phone = forms.CharField(label="Phone", max_length=32, required=False)

    def __init__(self, *args: Any, country: str = "IN", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_phone(self) -> str:
        return _phone(self.cleaned_data["phone"], self.country)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if not self.errors and not data.get("email") and not data.get("phone"):
            self.add_error("phone", "Enter a phone number or an e-mail; else nobody can reach them.")
        return data


class CustomerRecordForm(Sentences):
    """What the house knows of the customer themselves."""

    name = forms.CharField(label="Name", max_length=160)
    company = forms.CharField(label="Company", max_length=160, required=False)
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    phone = forms.CharField(label="Phone", max_length=32, required=False)
    tax_id = forms.CharField(
        label="Tax number", max_length=32, required=False, help_text="GSTIN in India, ABN in Australia."
    )
    crm_url = forms.URLField(
        label="CRM link", max_length=400, required=False, assume_scheme="https",
        error_messages={"invalid": "Paste the whole address of their page, like https://crm.example/contacts/17."},
        help_text="The address of their page in your CRM.",
    )  # fmt: skip
    note = forms.CharField(
        label="Note about them", max_length=2000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="For colleagues; the customer never sees it.",
    )  # fmt: skip

    def __init__(self, *args: Any, country: str = "IN", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_phone(self) -> str:
        """As it is kept already it may stay, however a file wrote it."""
        phone = self.cleaned_data["phone"]
        return phone if phone == self.initial.get("phone") else _phone(phone, self.country)


def _phone(phone: str, country: str) -> str:
    if phone and not normal_phone(phone, country):
        raise forms.ValidationError(f"“{phone}” is not a phone number; write it as +91 98765 43210.")
    return phone


def country_of(customer: Customer) -> str:
    """Where a phone of theirs without a country code is from."""
    address = customer.usual_address()
    return address.country if address else "IN"
