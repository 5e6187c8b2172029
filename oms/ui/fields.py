"""Django form fields in the design's clothes: our classes, and the wiring that screen readers need."""

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

_CLASSES: list[tuple[type[forms.Widget] | tuple, str]] = [
    ((forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple), ""),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.Widget, "input"),
]


def dressed(bound: BoundField) -> SafeString:
    """The control with its class, aria-invalid, and aria-describedby naming its hint and error (see the field tag)."""
    widget = bound.field.widget
    css = next(name for kinds, name in _CLASSES if isinstance(widget, kinds))
    attrs: dict[str, str] = {}
    if css:
        attrs["class"] = f"{css} {widget.attrs.get('class', '')}".strip()
    if bound.errors:
        attrs["aria-invalid"] = "true"
    notes = [f"{bound.auto_id}-hint"] * bool(bound.help_text) + [f"{bound.auto_id}-error"] * bool(bound.errors)
    if notes:
        attrs["aria-describedby"] = " ".join(notes)
    return bound.as_widget(attrs=attrs)
