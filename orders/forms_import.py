"""The upload form of file imports."""

import re
from typing import Any, ClassVar

from django import forms

from orders.channels.registry import FORMATS
from orders.imports.batches import MAX_BYTES, MAX_FILES
from orders.models import Channel

NEW = "+"


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several uploads as a list; each checked like a single one."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError("Choose at least one file.")
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    files = ManyFilesField(
        label="Files", allow_empty_file=True,
        help_text=f"CSV, tab-separated text, Excel, JSON, X12 or gzip. Up to {MAX_FILES} files, 50 MB together.",
    )  # fmt: skip
    channel = forms.ChoiceField(label="Channel", help_text="Where these orders were placed.")
    new_channel = forms.CharField(
        label="Code of the new channel", required=False, max_length=40,
        help_text="Small letters and digits, like amazon-in. It starts with the usual settings for its kind of file.",
    )  # fmt: skip
    format = forms.ChoiceField(label="Kind of file", required=False)
    check_skus = forms.BooleanField(
        label="List SKUs nobody knows as rows to fix", required=False,
        help_text="Otherwise the channel's setting for unknown SKUs holds.",
    )  # fmt: skip

    field_order: ClassVar = ["files", "format", "channel", "new_channel", "check_skus"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = [(c.code, c.name) for c in Channel.objects.filter(is_active=True).order_by("name")]
        self.fields["channel"].choices = [("", "Choose a channel"), *channels, (NEW, "A new channel")]
        kinds = [(f.key, f"{f.label}: {f.hint}") for f in FORMATS.values()]
        self.fields["format"].choices = [("", "Find out by its columns"), *kinds]

    def clean_files(self) -> list:
        files = self.cleaned_data["files"]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"Choose at most {MAX_FILES} files at once.")
        if sum(f.size for f in files) > MAX_BYTES:
            raise forms.ValidationError("The files are larger than 50 MB together. Split them.")
        if empty := next((f.name for f in files if not f.size), ""):
            raise forms.ValidationError(f"{empty} is empty.")
        return files

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("channel") == NEW:
            code = found.get("new_channel", "").strip().lower()
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", code):
                self.add_error("new_channel", "Give the new channel a code of small letters, digits, - and _.")
            found["channel"] = code
        return found
