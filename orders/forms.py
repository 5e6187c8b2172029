"""What people type about orders: the header, the addresses and the lines."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from inventory.models import Location
from oms.kernel.clock import business_date
from orders.capture.customers import normal_phone
from orders.channels.draft import AddressDraft
from orders.models import PaymentTerms, Priority

COUNTRIES = [("IN", "India"), ("AU", "Australia")]
POSTAL = {
    "IN": (re.compile(r"[1-9]\d{5}"), "PIN code of 6 digits"),
    "AU": (re.compile(r"\d{4}"), "postcode of 4 digits"),
}
NUL = "Remove the invisible character (NUL) from this text."


class Sentences(forms.Form):
    """A form whose built-in complaints are ours."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            for validator in field.validators:
                if type(validator).__name__ == "ProhibitNullCharactersValidator":
                    validator.message = NUL

    def quiet(self) -> None:
        """Show what was typed without complaints: somebody is still at it."""
        self._errors = ErrorDict()


class ContactForm(Sentences):
    """Who buys, and what they said."""

    customer_name = forms.CharField(label="Customer's name", max_length=160)
    company = forms.CharField(label="Company", max_length=160, required=False)
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    phone = forms.CharField(label="Phone", max_length=32, required=False)
    customer_po = forms.CharField(label="Customer's PO number", max_length=80, required=False)
    promised_on = forms.DateField(
        label="Promised for", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Dispatch by the end of this day; empty: the channel's usual time.",
    )  # fmt: skip
    customer_note = forms.CharField(
        label="Customer's note", max_length=4000, required=False, widget=forms.Textarea({"rows": 2})
    )

    country = "IN"

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and not normal_phone(phone, self.country):
            raise forms.ValidationError(f"“{phone}” is not a phone number; write it as +91 98765 43210.")
        return phone


class NewContactForm(ContactForm):
    """The same for a new order: somebody must be reachable, and the promise lies ahead."""

    def clean_promised_on(self) -> Any:
        day = self.cleaned_data["promised_on"]
        if day and day < business_date():
            raise forms.ValidationError("That day is over; promise today or a later day.")
        return day

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if not self.errors and not data.get("email") and not data.get("phone"):
            self.add_error("phone", "Enter a phone number or an e-mail, so that the customer can be reached.")
        return data


class AddressForm(Sentences):
    """An Indian or Australian postal address; other countries are kept as they came."""

    name = forms.CharField(label="Name on the parcel", max_length=160, required=False)
    line1 = forms.CharField(label="House and street", max_length=200)
    line2 = forms.CharField(label="Area, landmark, unit", max_length=200, required=False)
    city = forms.CharField(label="City or suburb", max_length=100)
    state = forms.CharField(label="State", max_length=100, required=False)
    postal_code = forms.CharField(label="PIN or postcode", max_length=20)
    country = forms.ChoiceField(label="Country", choices=COUNTRIES)
    phone = forms.CharField(label="Phone for the courier", max_length=32, required=False)

    def __init__(self, *args: Any, known_country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_country and known_country not in dict(COUNTRIES):
            self.fields["country"].choices = [*COUNTRIES, (known_country, known_country)]  # type: ignore[attr-defined]
        for name in ("line1", "city", "state", "postal_code"):  # it is the customer's address, not the clerk's
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        form, words = POSTAL.get(data.get("country", ""), (None, ""))
        code = re.sub(r"\s", "", data.get("postal_code") or "")
        if form and code and not form.fullmatch(code):
            self.add_error("postal_code", f"“{data['postal_code']}” is not a {words}.")
        elif form:
            data["postal_code"] = code
        return data

    def draft(self, company: str = "") -> AddressDraft:
        return AddressDraft(**{name: self.cleaned_data[name] for name in self.fields}, company=company)


class TermsForm(Sentences):
    """What applies to the order as a whole; `channels` are those this person may enter orders for."""

    channel = forms.ChoiceField(label="How the order came in")
    payment_terms = forms.ChoiceField(label="Payment", choices=PaymentTerms.choices, initial="prepaid")
    shipping = forms.DecimalField(
        label="Shipping charge", required=False, min_value=0, max_digits=12, decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )  # fmt: skip

    place = forms.ChoiceField(label="Hold it at", required=False)
    priority = forms.TypedChoiceField(
        label="Priority", required=False, coerce=int, empty_value=None,
        choices=[("", "The priority rules decide"), *Priority.choices],
    )  # fmt: skip

    def __init__(self, *args: Any, channels: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(c.code, f"{c.name}, {c.currency}") for c in channels]  # type: ignore[attr-defined]
        places = Location.objects.ours().filter(is_active=True).order_by("rank", "code")
        self.fields["place"].choices = [("", "The routing rules decide"), *((p.code, p.name) for p in places)]  # type: ignore[attr-defined]


class LineForm(Sentences):
    """One line. An empty price is the one agreed with the buyer, else the product's own."""

    sku = forms.CharField(label="SKU", max_length=80)
    qty = forms.IntegerField(
        label="Quantity", min_value=1, max_value=1_000_000, initial=1, widget=forms.TextInput({"inputmode": "numeric"})
    )
    price = forms.DecimalField(
        label="Unit price", required=False, min_value=0, max_digits=12, decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )  # fmt: skip
    # Of a pasted message: the words of the line, and the SKU they were read as.
    words = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    read = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)
    discount = forms.DecimalField(
        label="Line discount", required=False, min_value=0, max_digits=12, decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )  # fmt: skip

    to = forms.ChoiceField(label="Goes to", required=False)
    at = forms.ChoiceField(label="Hold this line at", required=False)

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, str]] = (("", "Address 1"),),
        spots: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = list(places)  # type: ignore[attr-defined]
        self.fields["at"].choices = [("", "As the whole order"), *spots]  # type: ignore[attr-defined]
        self.fields["qty"].error_messages |= {
            "invalid": "Write a whole number of units.", "required": "How many?",
            "min_value": "The quantity must be at least 1.", "max_value": "At most 1,000,000 units on one line.",
        }  # fmt: skip
        for name in ("price", "discount"):
            self.fields[name].error_messages |= {
                "min_value": f"The {name} cannot be negative.", "invalid": f"Write the {name} as a number, like 249.50.",
            }  # fmt: skip
        self.product: Any = None

    def match(self, products: dict[str, Any], currency: str, offer: Decimal | None) -> None:
        """Find the product of a valid line and give a line without a price the offered one; complaints go beside the fields."""
        sku = self.cleaned_data.get("sku", "")
        if not sku:
            return
        self.product = products.get(sku) or products.get(sku.lower())
        if self.product is None:
            return self.add_error("sku", f"There is no product “{sku[:40]}”. Search for it by name above the lines.")
        if not self.product.is_active:
            return self.add_error("sku", f"{self.product.sku} is not sold any more.")
        if self.cleaned_data.get("price") is None and "price" not in self.errors:
            if offer is None:
                return self.add_error("price", f"This product has no price in {currency}; enter one.")
            self.cleaned_data["price"] = offer
        self._check_discount()

    def _check_discount(self) -> None:
        qty, price = self.cleaned_data.get("qty"), self.cleaned_data.get("price")
        discount = self.cleaned_data.get("discount") or Decimal(0)
        if qty and price is not None and discount > qty * price:
            self.add_error("discount", "The discount is more than the line is worth.")


class ReasonForm(Sentences):
    """Why a stored value is changed; kept in the edit history."""

    reason = forms.CharField(label="Why it changes", max_length=100, required=False)
