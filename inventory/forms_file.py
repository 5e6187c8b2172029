"""The upload form of products and stock."""

from typing import Any

from django import forms

from inventory.models import FileKind
from oms.tables.files import MAX_BYTES

MAY = {FileKind.PRODUCTS: "inventory.describe", FileKind.STOCK: "inventory.adjust"}
EXPLAINED = {
    FileKind.PRODUCTS: "Products: names, barcodes, prices, weights",
    FileKind.STOCK: "Stock levels: how many units lie where",
}


class StockFileForm(forms.Form):
    """Of the kinds that this person may bring in."""

    file = forms.FileField(
        label="File", allow_empty_file=True,
        help_text="CSV, tab-separated text or Excel, also packed with gzip. Up to 50 MB and 500,000 rows.",
    )  # fmt: skip
    kind = forms.ChoiceField(label="What is in it")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.value, said) for k, said in EXPLAINED.items() if user.can(MAY[k])]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("The file is larger than 50 MB. Split it into smaller files.")
        return file
