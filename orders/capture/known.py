"""What the books already hold about a set of drafts, read at once: earlier copies, buyers, and numbers for the new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oms.kernel.db import fetch
from orders.models import Channel


@dataclass(frozen=True)
class Known:
    """`seen`: (number, source hash) by external id; `customers`: ids by match key; `numbers`: for the ids not seen."""

    seen: Mapping[str, tuple[str, str]]
    customers: dict[str, int]
    numbers: Mapping[str, str]


READ = """
WITH given AS (
  SELECT external_id, n FROM unnest(%(ids)s::text[]) WITH ORDINALITY AS g(external_id, n)
), seen AS (
  SELECT external_id, number, source_hash FROM orders_order
  WHERE channel_id = %(channel)s::bigint AND external_id = ANY(%(ids)s::text[])
), fresh AS (
  SELECT external_id FROM given WHERE external_id NOT IN (SELECT external_id FROM seen) ORDER BY n
)
SELECT
  (SELECT json_agg(json_build_array(external_id, number, source_hash)) FROM seen),
  (SELECT json_agg(json_build_array(match_key, id)) FROM orders_customer WHERE match_key = ANY(%(keys)s::text[])),
  (SELECT json_agg(json_build_array(external_id, 'SO-' || nextval('orders_number_seq'))) FROM fresh)
"""


def read_known(channel: Channel, external_ids: Sequence[str], match_keys: Sequence[str]) -> Known:
    """Read all three in one statement. Numbers are drawn only for ids the channel has not sent before."""
    values = {"channel": channel.pk, "ids": list(dict.fromkeys(external_ids)), "keys": list(match_keys)}
    seen, customers, numbers = (found or [] for found in fetch(READ, values)[0])
    return Known({x: (number, digest) for x, number, digest in seen}, dict(customers), dict(numbers))


def read_seen(channel: Channel, external_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Number and source hash of the orders stored under these ids."""
    sql = (
        "SELECT external_id, number, source_hash FROM orders_order "
        "WHERE channel_id = %s::bigint AND external_id = ANY(%s::text[])"
    )
    return {x: (number, digest) for x, number, digest in fetch(sql, [channel.pk, list(external_ids)])}
