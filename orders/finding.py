"""Finding orders by words typed: each word must begin one of an order's search terms.

One GIN index answers it, but PostgreSQL gathers every order of a word before it can return the first: 100,000 of them for a
first name in a book of a million. So a look at the newest orders tells which words are common. A search that finds much is
read along the order of the list until the page is full; any other is looked up once, by its rare words (docs/decisions/0009).
"""

import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from oms.kernel.db import fetch
from orders.tags import tag_term

# Common: at least BROAD of the SAMPLE newest orders have it.
SAMPLE, BROAD = 1_000, 20
# Rows looked up before a search counts as finding much.
MOST = 5_000

HOW_COMMON = f"""
SELECT query FROM
    (SELECT array_to_tsvector(search_terms) AS terms FROM orders_order ORDER BY placed_at DESC, id DESC LIMIT {SAMPLE}) AS newest,
    unnest(%s::text[]) AS query
WHERE terms @@ query::tsquery GROUP BY query HAVING count(*) >= {BROAD}
"""  # noqa: S608  only our constants
# OFFSET 0 keeps the common words out of the index scan: they are checked on the few rows the rare words leave.
LOOK_UP = """
SELECT id FROM (SELECT id, search_terms FROM orders_order WHERE array_to_tsvector(search_terms) @@ %s::tsquery OFFSET 0) AS found
WHERE array_to_tsvector(search_terms) @@ %s::tsquery LIMIT %s
"""


@dataclass(frozen=True)
class Found:
    """What to filter orders by. `is_broad`: so many fit that counting them costs more than showing a page of them."""

    condition: Q
    is_broad: bool = False


def find(text: str) -> Found:
    """Look up what was typed; asks the database at once. Nothing typed finds nothing."""
    return _look_up([_prefix(word) for word in search_words(text)])


def find_tag(tag: str) -> Found:
    """Look up the orders with exactly this tag, upper or lower case."""
    return _look_up([_quoted(tag_term(tag))])


def _look_up(words: list[str]) -> Found:
    if not words:
        return Found(Q(pk__in=()))
    whole = " & ".join(words)
    common = {row[0] for row in fetch(HOW_COMMON, [[*{*words, whole}]])}
    if whole not in common:
        rare = " & ".join(word for word in words if word not in common) or whole
        ids = [row[0] for row in fetch(LOOK_UP, [rare, whole, MOST + 1])]
        if len(ids) <= MOST:
            return Found(Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids])))
    return Found(Q(_matches(whole)), is_broad=True)


def _prefix(word: str) -> str:
    """`word` as a tsquery of every term that begins with it."""
    return f"{_quoted(word)}:*"


def _quoted(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def _matches(query: str) -> Func:
    terms = Func(F("search_terms"), function="array_to_tsvector", output_field=SearchVectorField())
    asked = Func(Value(query), template="%(expressions)s::tsquery", output_field=SearchQueryField())
    return Func(terms, asked, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())


def search_words(text: str) -> list[str]:
    """Lower-case words of a search box, phones as bare digits; at most six, each as long as a stored term can be."""
    words = []
    for raw in text.lower().split()[:6]:
        word = raw.strip(",;()<>\"'")
        digits = re.sub(r"[+()\-.\s]", "", word)
        words.append(digits.lstrip("0") if digits.isdigit() and digits != word else word.lstrip("#"))
    return [clean[:260] for w in words if (clean := w.replace("\x00", ""))]


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
