"""The language of message templates: text with `{{ name }}` gaps, nothing else.

Admins write these texts, so there is no logic, no attribute access and no file to reach: a name that is not on the list
is refused when the template is saved. A line of which every gap is empty is left out, so that an order without a
tracking link gets a message without a hanging "Follow it here:".
"""

import re
from collections.abc import Mapping

from oms.kernel.errors import Refused

GAP = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#")

SAMPLE: dict[str, str] = {
    "order_number": "SO-10482",
    "customer_name": "Asha Rao",
    "order_date": "Tuesday 17 March 2026",
    "items": "2 × Blue mug\n1 × Linen tea towel",
    "total": "₹2,450.00",
    "payment_line": "Thank you, it is paid.",
    "ship_to": "12 Lake Road, Pune 411001",
    "parcel_items": "2 × Blue mug",
    "carrier": "Demo Courier",
    "tracking_number": "TRK-555-0101",
    "tracking_url": "https://track.example/TRK-555-0101",
    "delivered_on": "Friday 20 March 2026",
    "message": "We have changed your order as agreed:\n\n- Blue mug: 2 → 3 units",
    "supplier_name": "Example Pottery",
    "purchase_number": "PO-10012",
    "their_items": "2 × EP-0042 Blue mug",
    "expected_on": "Friday 20 March 2026",
    "shop_name": "Web shop",
    "contact_email": "orders@shop.example",
}


def problems(text: str, known: Mapping[str, str] = SAMPLE) -> list[str]:
    """What is wrong with a template's text, in sentences; empty means it can be sent."""
    unknown = sorted({name for name in GAP.findall(text) if name not in known})
    found = [f"There is no {{{{ {name} }}}}; the gaps that exist are listed beside the form." for name in unknown]
    if LEFTOVER.search(GAP.sub("", text)):
        found.append(
            "Write a gap as {{ order_number }}: two braces, the name in small letters, two braces. Nothing else is run."
        )
    return found


def render(text: str, values: Mapping[str, str]) -> str:
    """Fill the gaps of `text`; a value is inserted as it is and never read as a template again.

    Raises Refused when the text has a gap nobody can fill.
    """
    if wrong := problems(text, values):
        raise Refused("template_broken", " ".join(wrong))
    lines = [_line(line, values) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()


def render_subject(text: str, values: Mapping[str, str]) -> str:
    """One line, whatever the values hold: a line break in a subject would be a forged header."""
    return re.sub(r"\s+", " ", render(text, values)).strip()[:200]


def _line(line: str, values: Mapping[str, str]) -> str | None:
    names = GAP.findall(line)
    if names and not any(values[name] for name in names):
        return None
    return GAP.sub(lambda gap: values[gap[1]], line)
