"""Sample data for the kit page: each component in each of its states, and nothing from the database."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms

from oms.kernel.clock import now
from oms.ui.charts import Bar, Figure
from oms.ui.states import TRACKS


class SampleForm(forms.Form):
    """One field of each kind, one of them wrong."""

    promised_on = forms.DateField(label="Promise date", help_text="Customer is told by email")
    quantity = forms.IntegerField(error_messages={"invalid": "Use a whole number"})
    warehouse = forms.ChoiceField(choices=[("pune", "Pune"), ("melb", "Melbourne")])
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    gift = forms.BooleanField(label="Gift wrap", required=False)
    reason = forms.ChoiceField(widget=forms.RadioSelect, choices=[("damaged", "Damaged"), ("late", "Came late")])


def samples() -> dict[str, Any]:
    """Context for ui/kit.html."""
    present = now()
    placed = [44, 51, 47, 30, 49, 51, 58, 48, 61, 52, 30, 45, 53, 51]
    sent = [40, 43, 47, 52, 33, 51, 47, 52, 50, 65, 56, 28, 44, 42]
    form = SampleForm({"promised_on": "2026-03-21", "quantity": "12.5", "warehouse": "pune", "reason": "late"})
    form.is_valid()
    return {
        "tracks": [(key, track.says, list(track.looks)) for key, track in TRACKS.items()],
        "form": form,
        "now": present,
        "soon": present + timedelta(minutes=42),
        "later": present + timedelta(hours=4),
        "past": present - timedelta(hours=19),
        "long_ago": present - timedelta(days=1, hours=20),
        "started": present - timedelta(hours=3),
        "amounts": [(Decimal("160199.16"), "INR"), (Decimal("-418.5"), "AUD"), (Decimal("1200"), "JPY")],
        "unit_price": Decimal("0.0125"),
        "days": [f"{day} Mar" for day in range(6, 20)],
        "placed": ("Placed", placed),
        "sent": ("Dispatched", sent),
        "median": ("Median", [19, 20, 21, 20, 22, 23, 21, 20, 19, 18, 17, 18, 20, 22]),
        "slowest": ("Up to slowest tenth", [30, 32, 33, 31, 35, 36, 34, 33, 31, 28, 27, 29, 33, 36]),
        "readiness": [
            {"kind": "ok", "text": "Ready"},
            {"kind": "short", "text": "Short 12 of 96", "have": 84, "short": 12},
            {"kind": "in", "text": "5 in transit", "have": 17, "incoming": 5},
            {"kind": "part", "text": "80 of 128 out", "gone": 80, "have": 48},
            {"kind": "hold", "text": "Payment hold"},
            {"kind": "none", "text": "Not reserved"},
        ],
        "figures": [
            Figure("Open orders", 184, "#", "51 placed today, 42 sent"),
            Figure("Delayed", 6, "#", "worst 1 d", icon="late", tone="late"),
            Figure("Payment pending", 31, "#", "₹7,42,180 and A$12,640", icon="coins"),
            Figure("Turnaround, median", 22, "#", "goal 24 h", unit="h", icon="clock"),
        ],
        "ages": [
            Bar("Not due yet", 396400, "₹3,96,400", "#", "14"),
            Bar("8 to 30 days", 98380, "₹98,380", "#", "4", "wait"),
            Bar("Over 30 days", 32500, "₹32,500", "#", "1", "late"),
        ],
    }
