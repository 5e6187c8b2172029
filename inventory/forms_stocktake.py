"""What people type to begin a stocktake."""

from typing import Any

from django import forms

from inventory.actions.stocktakes.open import MOST
from inventory.models import Location, StocktakeScope


class StocktakeForm(forms.Form):
    location = forms.ModelChoiceField(
        label="Where", queryset=Location.objects.none(), to_field_name="code", empty_label="Choose a location"
    )
    scope = forms.ChoiceField(
        label="What to count", choices=StocktakeScope.choices, widget=forms.RadioSelect, initial="all"
    )
    skus = forms.CharField(
        label="SKUs", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For a list: one SKU on each line.",
    )  # fmt: skip
    most = forms.IntegerField(
        label="How many SKUs", required=False, min_value=1, max_value=MOST, initial=50,
        help_text="For what was not counted for longest.",
    )  # fmt: skip
    note = forms.CharField(
        label="Note", required=False, max_length=100, help_text="Stands in the ledger with every correction."
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["location"].queryset = places  # type: ignore[attr-defined]
        self.fields["most"].widget.attrs["inputmode"] = "numeric"

    @property
    def wished(self) -> dict[str, Any]:
        """What `open_stocktake` wants to know besides the place."""
        data = self.cleaned_data
        return {
            "scope": data["scope"], "skus": data["skus"].replace("\x00", "").splitlines(), "most": data["most"] or 0,
            "note": data["note"],
        }  # fmt: skip
