"""What people type about recurring orders: the rhythm, the lines, one day's contents."""

from collections.abc import Sequence
from typing import Any

from django import forms

from inventory.models import Product
from inventory.offering import OFFERED
from orders.forms import Sentences
from orders.forms_amend import plain
from orders.models import PaymentTerms
from orders.standing.rhythm import WEEKDAYS, Rhythm, RhythmUnit

NUMERIC, MONEY = {"inputmode": "numeric"}, {"inputmode": "decimal"}
DAY = {"type": "date"}


def whole(label: str, low: int, high: int, **more: Any) -> forms.IntegerField:
    words = f"Write a whole number from {low} to {high:,}."
    messages = dict.fromkeys(("invalid", "min_value", "max_value", "required"), words)
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, widget=forms.TextInput(NUMERIC), error_messages=messages, **more
    )


class RhythmForm(Sentences):
    """When orders are placed, and until when they may change."""

    every = whole("Every", 1, 52, initial=1)
    unit = forms.ChoiceField(label="Weeks or months", choices=RhythmUnit.choices)
    weekday = forms.ChoiceField(label="Weekday", choices=list(enumerate(WEEKDAYS)), help_text="For a rhythm of weeks.")
    month_day = whole(
        "Day of the month", 1, 31, initial=1, help_text="For a rhythm of months; a shorter month takes its last day."
    )
    starts_on = forms.DateField(label="From", widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(label="Last day", required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    place_hour = whole("Placed at (hour of the day)", 0, 23, initial=6)
    cutoff_hours = whole(
        "Changes until (hours before)", 0, 672, initial=24, help_text="After that, contents and skips are refused."
    )

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("ends_on") and data.get("starts_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The last day lies before the first one.")
        return data

    def rhythm(self) -> Rhythm:
        d = self.cleaned_data
        day = int(d["weekday"]) if d["unit"] == RhythmUnit.WEEK else d["month_day"]
        return Rhythm(d["unit"], d["every"], day, d["starts_on"], d["ends_on"])


class StandingTermsForm(Sentences):
    """What applies to every order of the schedule."""

    channel = forms.ChoiceField(label="Channel of the orders")
    payment_terms = forms.ChoiceField(label="Payment", choices=PaymentTerms.choices, initial="prepaid")
    shipping = forms.DecimalField(
        label="Shipping charge", required=False, min_value=0, max_digits=12, decimal_places=2,
        widget=forms.TextInput(MONEY),
        error_messages={"invalid": "Write the charge as a number, like 80.", "min_value": "Not below zero."},
    )  # fmt: skip
    customer_po = forms.CharField(label="Customer's PO number", max_length=80, required=False)
    note = forms.CharField(
        label="Note on every order", max_length=4000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, channels: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {c.code: c for c in channels}
        self.fields["channel"].choices = [(c.code, f"{c.name}, {c.currency}") for c in channels]  # type: ignore[attr-defined]


class WantedForm(Sentences):
    """One product and how many; an empty SKU is no line."""

    sku = forms.CharField(label="SKU", max_length=80, required=False, widget=forms.TextInput(OFFERED))
    qty = forms.CharField(label="Quantity", max_length=9, required=False, widget=forms.TextInput(NUMERIC))

    title = ""  # the product's name, where the row came with one

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        sku, qty = data.get("sku", ""), (data.get("qty") or "").strip()
        if qty and not sku:
            self.add_error("sku", "Which product? Write its SKU, or empty the quantity.")
        elif sku and (not qty.isdecimal() or not 1 <= int(qty) <= 1_000_000):
            self.add_error("qty", "Write a whole number from 1 to 1,000,000.")
        return data


def line_forms(post: Any, given: list[tuple[Product, int]], blank: int = 3) -> list[WantedForm]:
    """A row per line that is there, and some empty ones; bound when `post` is given."""
    if post is None:
        rows: list[dict[str, Any]] = [{"sku": p.sku, "qty": qty} for p, qty in given] + [{}] * blank
        return _titled([WantedForm(initial=row, prefix=f"line-{i}") for i, row in enumerate(rows)], given)
    return [WantedForm(post, prefix=f"line-{i}") for i in range(_count(post, blank))]


def _titled(rows: list[Any], given: Sequence[Sequence[Any]]) -> list[Any]:
    for form, (product, *_) in zip(rows, given, strict=False):
        form.title = product.name
    return rows


def _count(post: Any, blank: int) -> int:
    count = post.get("line_count", "")
    return min(int(count), 103) if count.isdecimal() and len(count) < 4 else blank


def lines_of(forms_: Sequence[WantedForm]) -> list[tuple[str, int]]:
    """(SKU, units) of the filled rows; a SKU is found whatever its case, as it is typed otherwise."""
    rows = [(f.cleaned_data["sku"], int(f.cleaned_data["qty"])) for f in forms_ if f.cleaned_data.get("sku")]
    upper = {sku.upper() for sku, _ in rows}
    known = {
        p.upper(): p for p in Product.objects.filter(sku__in={s for s, _ in rows} | upper).values_list("sku", flat=True)
    }
    exact = set(known.values())
    return [(sku if sku in exact else known.get(sku.upper(), sku), qty) for sku, qty in rows]


def complain(forms_: Sequence[WantedForm], reasons: Any) -> list[str]:
    """Put what an action refused beside its row; what belongs to no row is returned."""
    filled = [f for f in forms_ if f.cleaned_data.get("sku")]
    left = []
    for reason in reasons:
        at = reason.details.get("line")
        if at is not None and at < len(filled):
            filled[at].add_error("sku" if reason.code != "qty_bad" else "qty", reason.message)
        elif at is not None and forms_:
            forms_[0].add_error("sku", reason.message)
        else:
            left.append(reason.message)
    return left


class AgreementForm(Sentences):
    """What is agreed besides the lines."""

    channel = forms.ChoiceField(label="Channel of the orders")
    customer_po = forms.CharField(label="Customer's PO number", max_length=80, required=False)
    payment_terms = forms.ChoiceField(label="Payment", choices=PaymentTerms.choices, initial="credit")
    starts_on = forms.DateField(label="From", widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(label="Last day", widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    note = forms.CharField(
        label="Note on every release", max_length=4000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, channels: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {c.code: c for c in channels}
        self.fields["channel"].choices = [(c.code, f"{c.name}, {c.currency}") for c in channels]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("ends_on") and data.get("starts_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", "The last day lies before the first one.")
        return data


class AgreedForm(WantedForm):
    """One product, how many, and the agreed price of a unit."""

    price = forms.DecimalField(
        label="Unit price", required=False, min_value=0, max_digits=12, decimal_places=4, widget=forms.TextInput(MONEY),
        error_messages={"invalid": "Write the price as a number, like 249.50.", "min_value": "Not below zero."},
    )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("sku") and data.get("price") is None and "price" not in self.errors:
            self.add_error("price", "What is one unit agreed at?")
        return data


def agreed_forms(post: Any, given: list[tuple[Product, int, Any]], blank: int = 3) -> list[AgreedForm]:
    """Like `line_forms`, with prices."""
    if post is None:
        rows = [{"sku": p.sku, "qty": qty, "price": plain(price)} for p, qty, price in given] + [{}] * blank
        return _titled([AgreedForm(initial=row, prefix=f"line-{i}") for i, row in enumerate(rows)], given)
    return [AgreedForm(post, prefix=f"line-{i}") for i in range(_count(post, blank))]
