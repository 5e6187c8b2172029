"""Whose delivery area an address of one new order `o` lies outside of, as a part of the statement in orders/checking/facts.py.

The channel's own areas decide. A channel without any is served by its locations: one that has no areas delivers
everywhere, and one whose areas hold the address is enough. Other countries lie outside of every area.
"""

_AREA = "SELECT 1 FROM orders_deliveryarea a WHERE a.is_active AND a.{of}"
_HERE = " AND a.country = z.country AND z.code BETWEEN a.first_code AND a.last_code"
_CHANNEL, _LOCATION = _AREA.format(of="channel_id = o.channel_id"), _AREA.format(of="location_id = s.id")


def outside(to: str) -> str:
    """SQL about the address `to`, a jsonb. NULL: inside, or nothing to say (no code of the country's form).

    Else the names of those who do not deliver there.
    """
    code = rf"regexp_replace(COALESCE({to}->>'postal_code', ''), '\s', '', 'g')"
    return f"""(
  SELECT CASE
    WHEN z.code IS NULL THEN NULL
    WHEN EXISTS ({_CHANNEL}) THEN CASE WHEN NOT EXISTS ({_CHANNEL}{_HERE}) THEN json_build_array(c.name) END
    ELSE (
      SELECT json_agg(s.name ORDER BY s.rank, s.code) FROM inventory_location s
      WHERE s.is_active AND (cardinality(c.location_codes) = 0 OR s.code = ANY(c.location_codes))
      HAVING bool_and(EXISTS ({_LOCATION})) AND NOT bool_or(EXISTS ({_LOCATION}{_HERE})))
    END
  FROM (SELECT upper({to}->>'country') AS country,
    CASE upper({to}->>'country')
      WHEN 'IN' THEN CASE WHEN {code} ~ '^[0-9]{{6}}$' THEN {code}::int END
      WHEN 'AU' THEN CASE WHEN {code} ~ '^[0-9]{{4}}$' THEN {code}::int END
      WHEN '' THEN NULL ELSE 0 END AS code) z)"""  # noqa: S608  constants
