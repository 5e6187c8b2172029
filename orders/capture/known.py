"""What the books already hold about a set of drafts, read at once: earlier copies, buyers, and numbers for the new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oms.kernel.clock import business_date
from oms.kernel.db import fetch
from orders.channels.draft import OrderDraft
from orders.exchange import IN_FORCE, Books, Rate
from orders.models import Channel
from orders.models.exchange import BOOK


@dataclass(frozen=True)
class Known:
    """`seen`: (number, source hash) by external id; `customers`: ids by match key; `groups`: of those customers that are in
    one, by their id; `numbers`: for the ids not seen; `books`: the book currency and the rates of the drafts' days."""

    seen: Mapping[str, tuple[str, str]]
    customers: dict[str, int]
    groups: Mapping[int, int]
    numbers: Mapping[str, str]
    books: Books


# A buyer who was merged into another is the other one. The lock is the one that storing an order takes on its buyer anyway;
# taken here, a merge waits for the order, or the order is told of the merge. By id, as the merge takes them.
BUYERS = """
  SELECT c.match_key, COALESCE(c.merged_into_id, c.id) AS id FROM unnest(%(keys)s::text[]) AS k(match_key)
  JOIN orders_customer c USING (match_key) ORDER BY c.id FOR KEY SHARE OF c
"""

# Joined to the lists, not `= ANY(list)`: while the tables are new to the planner it would compare every row with every id.
READ = f"""
WITH given AS (
  SELECT external_id, n FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS g(external_id, n)
), seen AS (
  SELECT external_id, number, source_hash FROM given JOIN orders_order o USING (external_id)
  WHERE o.channel_id = %(channel)s::bigint
), fresh AS (
  SELECT external_id FROM given WHERE external_id NOT IN (SELECT external_id FROM seen) ORDER BY n
)
SELECT
  (SELECT json_agg(json_build_array(external_id, number, source_hash)) FROM seen),
  (SELECT json_agg(json_build_array(f.match_key, b.id, b.group_id)) FROM ({BUYERS}) AS f JOIN orders_customer b ON b.id = f.id),
  (SELECT json_agg(json_build_array(external_id, 'SO-' || nextval('orders_number_seq'))) FROM fresh),
  (SELECT json_agg(json_build_array(g.currency, g.day, f.rate::text, f.day))
   FROM unnest(%(currencies)s::text[], %(days)s::date[]) AS g(currency, day) CROSS JOIN LATERAL ({IN_FORCE.format("g")}) f),
  (SELECT currency FROM orders_bookcurrency)
"""  # noqa: S608  constants


def read_known(channel: Channel, drafts: Sequence[OrderDraft], match_keys: Sequence[str]) -> Known:
    """Read it all in one statement. Numbers are drawn only for ids the channel has not sent before."""
    ids = list(dict.fromkeys(draft.external_id for draft in drafts))
    days = list(dict.fromkeys((draft.currency, business_date(draft.placed_at)) for draft in drafts))
    values = {
        "channel": channel.pk, "ids": ids, "keys": list(match_keys), "currencies": [c for c, _ in days], "days": [d for _, d in days],
    }  # fmt: skip
    *lists, book = fetch(READ, values)[0]
    seen, customers, numbers, rates = (found or [] for found in lists)
    books = Books(book or BOOK, {(c, _day(of)): Rate(Decimal(rate), _day(on)) for c, of, rate, on in rates})
    by_key, groups = {key: pk for key, pk, _ in customers}, {pk: group for _, pk, group in customers if group}
    return Known({x: (number, digest) for x, number, digest in seen}, by_key, groups, dict(numbers), books)


_day = date.fromisoformat


def read_buyers(match_keys: Sequence[str]) -> dict[str, int]:
    """The ids of those who have these keys, held until the transaction ends."""
    return dict(fetch(BUYERS, {"keys": list(match_keys)}))


def read_seen(channel: Channel, external_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Number and source hash of the orders stored under these ids."""
    sql = (
        "SELECT external_id, number, source_hash FROM unnest(%s::text[]) AS given(external_id) "
        "JOIN orders_order o USING (external_id) WHERE o.channel_id = %s::bigint"
    )
    return {x: (number, digest) for x, number, digest in fetch(sql, [list(external_ids), channel.pk])}
