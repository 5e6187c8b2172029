"""Chainable named filters over orders."""

import re

from django.db import models
from django.db.models.expressions import RawSQL

from oms.kernel.clock import now

OPEN = ("new", "confirmed", "processing")
SEARCH_CAP = 1000


class OrderQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrderQuerySet":
        """Rows this person may see: every channel, or only those named on the person."""
        return self.filter(channel__code__in=user.channel_codes) if user.channel_codes else self

    def open(self) -> "OrderQuerySet":
        return self.filter(status__in=OPEN)

    def late(self, at=None) -> "OrderQuerySet":
        return self.open().filter(due_at__lt=at or now())

    def held(self) -> "OrderQuerySet":
        return self.open().filter(open_holds__gt=0)

    def waiting_for(self, team: str) -> "OrderQuerySet":
        """Everything whose next step belongs to `team`, finished orders with something left to do included."""
        return self.filter(owner_team=team).exclude(next_action="")

    def search(self, text: str) -> "OrderQuerySet":
        """Orders having, for each word typed, a search term that starts with it; at most `SEARCH_CAP` of them, newest first.

        One GIN index answers it. The cap keeps one-letter searches cheap at a million orders.
        """
        words = search_words(text)
        if not words:
            return self.none()
        query = " & ".join("'" + w.replace("\\", "\\\\").replace("'", "''") + "':*" for w in words)
        ids = RawSQL(  # noqa: S611  the only parameter is bound
            "SELECT id FROM orders_order WHERE array_to_tsvector(search_terms) @@ %s::tsquery LIMIT " + str(SEARCH_CAP),  # noqa: S608
            [query],
        )
        return self.filter(id__in=ids)


def search_words(text: str) -> list[str]:
    """Lower-case words of a search box, phones as bare digits; at most six."""
    words = []
    for raw in text.lower().split()[:6]:
        word = raw.strip(",;()<>\"'")
        digits = re.sub(r"[+()\-.\s]", "", word)
        words.append(digits.lstrip("0") if digits.isdigit() and digits != word else word.lstrip("#"))
    return [clean for w in words if (clean := w.replace("\x00", ""))]


def search_terms(*values: str, phones: tuple[str, ...] = ()) -> list[str]:
    """What an order can be found by: each value whole and each of its words, phones by all digits and by the national part."""
    terms: set[str] = set()
    for value in values:
        whole = value.lower().strip().lstrip("#")
        if whole:
            terms.add(whole[:260])
            terms.update(w.strip(",;()<>\"'#")[:260] for w in whole.split())
            # "10482" finds SO-10482; a two-letter prefix shared by every order would only bloat the index.
            terms.update(part for part in whole.split("-") if len(part) > 2 and part != whole)
    for phone in phones:
        digits = re.sub(r"\D", "", phone).lstrip("0")
        if digits:
            terms.update({digits, digits[-10:], digits[-9:]})
    return sorted(t for t in terms if t)
