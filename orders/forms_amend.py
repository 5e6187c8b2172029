"""What people type to change a placed order. A field left as it was asks for nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from orders.amending.change import Change
from orders.forms import Sentences
from orders.models import ChangeKind, OrderLine

NUMERIC, MONEY = {"inputmode": "numeric"}, {"inputmode": "decimal"}


class LineChangeForm(Sentences):
    """One line of the order: how many are still wanted, at what price, with what discount on the whole line."""

    qty = forms.IntegerField(label="Quantity", min_value=0, max_value=1_000_000, widget=forms.TextInput(NUMERIC))
    price = forms.DecimalField(
        label="Unit price", min_value=0, max_digits=12, decimal_places=4, widget=forms.TextInput(MONEY)
    )
    discount = forms.DecimalField(
        label="Line discount", min_value=0, max_digits=12, decimal_places=4, widget=forms.TextInput(MONEY)
    )

    to = forms.ChoiceField(label="Send units to", required=False)
    to_qty = forms.IntegerField(
        label="How many of them", min_value=1, max_value=1_000_000, required=False, widget=forms.TextInput(NUMERIC)
    )

    def __init__(
        self, *args: Any, line: OrderLine, may_price: bool, places: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        self.line = line
        given = {
            "qty": line.qty_ordered - line.qty_cancelled,
            "price": plain(line.unit_price),
            "discount": plain(line.discount),
        }
        super().__init__(*args, initial=given, prefix=f"line-{line.pk}", **kwargs)
        here = str(line.ship_to.position if line.ship_to else 1)
        further = [(key, text) for key, text in places if key != here]
        self.fields["to"].choices = [("", "Where they go now"), *further, ("new", "The new address below")]  # type: ignore[attr-defined]
        for name in ("price", "discount"):
            self.fields[name].disabled = not may_price
        for name, field in self.fields.items():
            field.label = f"{field.label}, {line.sku}"
            what = "a whole number of units" if name in ("qty", "to_qty") else f"the {name} as a number, like 249.50"
            field.error_messages |= {
                "invalid": f"Write {what}.",
                "required": f"Write {what}.",
                "min_value": "Not below zero.",
            }

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("to_qty") and not data.get("to"):
            self.add_error("to", "Send them where? Choose an address.")
        return data

    def changes(self) -> list[Change]:
        data, pk = self.cleaned_data, self.line.pk
        found = []
        if data["qty"] != self.line.qty_ordered - self.line.qty_cancelled:
            found.append(Change(ChangeKind.QUANTITY, line_id=pk, qty=data["qty"]))
        if Decimal(data["price"]) != self.line.unit_price:
            found.append(Change(ChangeKind.PRICE, line_id=pk, amount=data["price"]))
        if Decimal(data["discount"]) != self.line.discount:
            found.append(Change(ChangeKind.DISCOUNT, line_id=pk, amount=data["discount"]))
        return found


class AddLineForm(Sentences):
    """A line to add; an empty price is the product's own, an empty SKU no line."""

    sku = forms.CharField(label="SKU", max_length=80, required=False)
    qty = forms.IntegerField(
        label="Quantity", min_value=1, max_value=1_000_000, required=False, widget=forms.TextInput(NUMERIC)
    )
    price = forms.DecimalField(
        label="Unit price", min_value=0, max_digits=12, decimal_places=4, required=False, widget=forms.TextInput(MONEY)
    )
    discount = forms.DecimalField(
        label="Line discount", min_value=0, max_digits=12, decimal_places=2, required=False,
        widget=forms.TextInput(MONEY),
    )  # fmt: skip

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("sku") and not data.get("qty") and "qty" not in self.errors:
            self.add_error("qty", "How many?")
        if not data.get("sku") and any(data.get(name) is not None for name in ("qty", "price", "discount")):
            self.add_error("sku", "Which product? Write its SKU.")
        return data

    def changes(self) -> list[Change]:
        data = self.cleaned_data
        if not data["sku"]:
            return []
        discount = data["discount"] or Decimal(0)
        return [Change(ChangeKind.ADD, sku=data["sku"], qty=data["qty"], amount=data["price"], discount=discount)]


class HeadChangeForm(Sentences):
    """What concerns the whole order, and why it changes."""

    shipping = forms.DecimalField(
        label="Shipping charge", min_value=0, max_digits=12, decimal_places=4, widget=forms.TextInput(MONEY),
        error_messages={"invalid": "Write the charge as a number, like 80.", "required": "Write 0 for free delivery."},
    )  # fmt: skip
    promised_on = forms.DateField(
        label="Promised for", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Dispatch by the end of this day.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why it changes",
        max_length=300,
        error_messages={"required": "Say why; the timeline and finance read it."},
    )


def plain(amount: Decimal) -> str:
    """An amount as somebody would type it: 249.50, and more digits only where the price has them."""
    text = f"{amount.normalize():f}"
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.ljust(2, '0')}"
