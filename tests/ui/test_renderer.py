"""The widgets written in Python are the widgets Django's templates write, byte for byte."""

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from oms.ui.renderer import WRITTEN, WidgetsInPython

PAIRS = [("", "Any"), ("a&b", "A & <B>"), (3, "Three"), ("x", mark_safe("<b>safe</b>"))]
GROUPS = [("Fruit & more", [("a", "Apple"), ("p", 'Pear "ripe"')]), ("z", "Alone")]


class Everything(forms.Form):
    text = forms.CharField(max_length=9, widget=forms.TextInput({"class": "input", "data-x": '"<&', "hidden": False}))
    number = forms.IntegerField(min_value=1)
    email = forms.EmailField(required=False)
    day = forms.DateField(widget=forms.DateInput({"type": "date"}))
    moment = forms.DateTimeField()
    secret = forms.CharField(widget=forms.PasswordInput)
    kept = forms.CharField(widget=forms.HiddenInput)
    yes = forms.BooleanField()
    one = forms.ChoiceField(choices=PAIRS)
    grouped = forms.ChoiceField(choices=GROUPS)
    several = forms.MultipleChoiceField(choices=PAIRS)
    boxes = forms.MultipleChoiceField(choices=GROUPS, widget=forms.CheckboxSelectMultiple({"class": "stack"}))
    radios = forms.ChoiceField(choices=PAIRS, widget=forms.RadioSelect)
    note = forms.CharField(widget=forms.Textarea)


FILLED = {
    "text": "it's <b>", "number": "7", "email": "a@b.example", "day": "2026-03-17", "moment": "no date", "kept": "&amp;",
    "yes": "on", "one": "a&b", "grouped": "p", "several": ["3", "x"], "boxes": ["z"], "radios": "x", "note": "<>",
}  # fmt: skip


def test_every_widget_reads_as_its_template_would_write_it():
    for data in (None, FILLED, {"text": None, "one": "unknown"}):
        ours, theirs = Everything(data, renderer=WidgetsInPython()), Everything(data, renderer=TemplatesSetting())
        for mine, django in zip(ours, theirs, strict=True):
            assert str(mine) == str(django)
            assert [w.tag() for w in mine.subwidgets] == [w.tag() for w in django.subwidgets]


def test_the_comparison_covers_every_widget_written():
    seen = set()

    class Spy(WidgetsInPython):
        def render(self, template_name, context, request=None):
            seen.add(template_name)
            return super().render(template_name, context, request)

    for bound in Everything(FILLED, renderer=Spy()):
        str(bound)
        for part in bound.subwidgets:
            part.tag()
    assert len(seen & set(WRITTEN)) >= 11
