"""The days a report is about."""

from dataclasses import replace
from datetime import date, timedelta

from django import forms

from oms.kernel.clock import business_date
from reports.queries.base import Span

USUAL, LONGEST = timedelta(days=59), timedelta(days=3660)
FROM_THE_START = "The first day must not be after the last."
TOO_LONG = "Choose at most ten years."


class SpanForm(forms.Form):
    """First and last business day; what is left out or cannot be read falls back to the last sixty days."""

    first = forms.DateField(label="From", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, date | None]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if any(day and not 1990 <= day.year <= 2200 for day in (first, last)):
            raise forms.ValidationError("Choose days between 1990 and 2200.")
        if first and last and first > last:
            raise forms.ValidationError(FROM_THE_START)
        if first and last and last - first > LONGEST:
            raise forms.ValidationError(TOO_LONG)
        return data

    def span(self) -> Span:
        good = self.cleaned_data if self.is_valid() else {}
        last = good.get("last") or business_date()
        first = good.get("first") or last - USUAL
        return Span(min(first, last), last)

    def shown(self, span: Span) -> "SpanForm":
        """The form as the page shows it: with the days in use, or with what was wrong."""
        return self if self.errors else SpanForm({"first": span.first, "last": span.last})


class IdleForm(SpanForm):
    """The same with the days without a sale that make stock dead; ninety when left out or impossible."""

    idle = forms.IntegerField(label="Days without a sale", required=False, min_value=1, max_value=3660)

    def span(self) -> Span:
        found = super().span()
        given = self.cleaned_data.get("idle") if self.is_valid() else None
        return replace(found, idle=given or found.idle)

    def shown(self, span: Span) -> "SpanForm":
        return self if self.errors else IdleForm({"first": span.first, "last": span.last, "idle": span.idle})
