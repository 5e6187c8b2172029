"""Active filters as chips: what is narrowed, in words, with a link that removes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.forms import Form
from django.http import QueryDict

from oms.ui.words import moment


@dataclass(frozen=True)
class Chip:
    label: str
    words: str
    remove: str


def chips(
    form: Form, params: QueryDict, *, hidden: frozenset[str] = frozenset({"q"}), is_kept: bool = False
) -> list[Chip]:
    """One chip for each filter in use, except those in `hidden` (the search box shows its own text).

    An unticked box is no filter: a browser does not even send it. `is_kept`: days are dates, because what is kept as
    today's date is no "Today" tomorrow.
    """
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if name in hidden or value in (None, "", [], (), False) or (hasattr(value, "exists") and not value):
            continue
        left = params.copy()
        for key in (name, "after", "before"):
            left.pop(key, None)
        found.append(
            Chip(str(field.label or name), _said(field, value, _date if is_kept else moment), f"?{left.urlencode()}")
        )
    return found


def _said(field: Any, value: Any, day: Callable[[date], str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, slice):
        return " to ".join(
            day(v) if isinstance(v, date) else str(v) for v in (value.start, value.stop) if v is not None
        )
    if isinstance(value, str | Model) or not hasattr(value, "__iter__"):
        return _label(field, value)
    words = [_label(field, v) for v in value]
    return " or ".join(words) if len(words) <= 2 else f"{len(words)} of {len(list(field.choices))}"


def _date(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def _label(field: Any, value: Any) -> str:
    if not isinstance(value, Model):
        for code, label in getattr(field, "choices", ()):
            if str(code) == str(value):
                return str(label)
    return str(value)
