"""A message to read an order out of."""

from typing import Any

from django import forms

from orders.forms import Sentences

LONGEST = 4000  # what an order's customer note holds: the text is kept there whole


class PasteForm(Sentences):
    channel = forms.ChoiceField(label="How it came in")
    text = forms.CharField(
        label="Message",
        widget=forms.Textarea({"rows": 10}),
        help_text="A WhatsApp chat, an SMS or an e-mail, as it was written.",
        error_messages={"required": "Paste a message first."},
    )

    def __init__(self, *args: Any, channels: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # afterwards the reading above it is what to look at
            self.fields["text"].widget.attrs["autofocus"] = True
        self.fields["channel"].choices = [(c.code, f"{c.name}, {c.currency}") for c in channels]  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if len(text) > LONGEST:
            raise forms.ValidationError(
                f"This text has {len(text):,} characters; a message has at most {LONGEST:,}. Paste the part that orders."
            )
        return text

    def cut(self) -> None:
        """Show no more of an overlong text than a message may have, and nothing invisible."""
        data = self.data.copy()
        data["text"] = data.get("text", "")[:LONGEST].replace("\x00", "")
        self.data = data
