"""What people say about low stock: I look after it, or not before that day."""

from django import forms


class LookAfterForm(forms.Form):
    """A note for both; the day only to put it off."""

    note = forms.CharField(
        label="Note", max_length=200, required=False, help_text="What you do about it, for whoever sees it next."
    )
    until = forms.DateField(
        label="Put it off until", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Nobody is bothered before that day, unless the last unit goes.",
    )  # fmt: skip
