"""What the fraud signals count about one new order `o`, as a part of the statement in orders/checking/facts.py.

Counts include the order itself. Phones of open orders are found by index; the addresses among the orders of those hours.
"""

_PHONE = r"right(regexp_replace({0}.phone, '\D', '', 'g'), 9)"
_STREET = r"lower(regexp_replace({0}.ship_to->>'line1', '[^[:alnum:]]', '', 'g'))"
_CODE = r"regexp_replace({0}.ship_to->>'postal_code', '\s', '', 'g')"
_LATELY = "n.placed_at > o.placed_at - make_interval(hours => %(fraud_hours)s) AND n.placed_at <= o.placed_at"

# Another order of the customer in this one's currency: over what both were worth in the books, each at its own frozen rate.
_IN_ITS_CURRENCY = """CASE WHEN n.currency = o.currency THEN n.total
  WHEN n.book_currency = o.book_currency THEN n.book_total / o.book_rate END"""

SUSPICION = f"""(
  SELECT json_build_object(
    'with_phone', (SELECT count(*) FROM orders_order n WHERE {_PHONE.format("n")} = {_PHONE.format("o")} AND n.phone <> ''
      AND n.status IN ('new', 'confirmed', 'processing') AND length({_PHONE.format("o")}) >= 7 AND {_LATELY}),
    'with_email', (SELECT count(*) FROM orders_order n WHERE o.email <> '' AND n.customer_id = o.customer_id
      AND lower(n.email) = lower(o.email) AND {_LATELY}),
    'to_address', (SELECT count(*) FROM orders_order n WHERE {_LATELY} AND n.ship_city = o.ship_city
      AND {_CODE.format("n")} = {_CODE.format("o")} AND {_STREET.format("n")} = {_STREET.format("o")}
      AND {_STREET.format("o")} <> ''),
    'usual', (SELECT json_build_array(avg(u.total)::text, count(*)) FROM (
      SELECT {_IN_ITS_CURRENCY} AS total FROM orders_order n WHERE n.customer_id = o.customer_id AND n.id <> o.id
        AND {_IN_ITS_CURRENCY} IS NOT NULL AND n.status <> 'cancelled' AND n.placed_at <= o.placed_at
      ORDER BY n.placed_at DESC LIMIT 50) u),
    'forgiven', (SELECT max(h.score) FROM orders_hold h
      WHERE h.order_id = o.id AND h.rule = 'fraud' AND h.cleared_at IS NOT NULL AND h.cleared_by <> 'Order checks')))"""  # noqa: S608
