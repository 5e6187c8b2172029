"""What the terms of business say about one new order `o`, as parts of the statement in orders/checking/facts.py.

Each part is one JSON value, so that a batch of a thousand orders stays one statement.
"""

_BUYER_GROUP = "(SELECT cu.group_id FROM orders_customer cu WHERE cu.id = o.customer_id)"
_OWED = "n.total - n.cancelled_total - n.returned_total - n.written_off_total - n.paid_total + n.refunded_total"

# What of the order `o` is still wanted: a change that takes units off makes it a smaller order. In its own currency, and the books'.
WORTH = "(o.total - o.cancelled_total)"
BOOK_WORTH = (
    "(CASE WHEN o.cancelled_total = 0 THEN o.book_total ELSE round((o.total - o.cancelled_total) * o.book_rate, 4) END)"
)

# What one unit of an order is worth in the currency of account `a`: at the order's own rate, and where the account is in a
# third currency over that one's rate of the order's day. NULL: not known.
_IN_ACCOUNT = """CASE WHEN {0}.currency = a.currency THEN 1 WHEN {0}.book_currency = a.currency THEN {0}.book_rate
  ELSE {0}.book_rate / (SELECT r.rate FROM orders_exchangerate r WHERE r.currency = a.currency AND r."into" = {0}.book_currency
    AND r.day <= ({0}.placed_at AT TIME ZONE %(zone)s)::date ORDER BY r.day DESC LIMIT 1) END"""

_LATE = "d.dispatched_at + make_interval(days => a.terms_days) < now()"

# Amounts as text: json would make floats of them. Silent while the house has not one account, and once the order is paid.
CREDIT = f"""(
  SELECT json_build_object('limit', a."limit"::text, 'terms', a.terms_days, 'stopped', a.is_stopped, 'currency', a.currency,
    'owed', COALESCE(sum(d.balance * d.rate), 0)::text,
    'late', COALESCE(sum(d.balance * d.rate) FILTER (WHERE {_LATE}), 0)::text,
    'late_orders', array_agg(d.number ORDER BY d.dispatched_at, d.number) FILTER (WHERE {_LATE}),
    'rate', ({_IN_ACCOUNT.format("o")})::text, 'unrated', (array_agg(d.number) FILTER (WHERE d.rate IS NULL AND d.number IS NOT NULL))[1])
  FROM (VALUES (1)) AS always(x)
  LEFT JOIN orders_creditaccount a ON a.customer_id = o.customer_id
  LEFT JOIN LATERAL (
    SELECT {_OWED} AS balance, n.dispatched_at, n.number, {_IN_ACCOUNT.format("n")} AS rate FROM orders_order n
    WHERE n.customer_id = a.customer_id AND n.id <> o.id AND n.payment_terms = 'credit'
      AND NOT n.is_historical AND n.status NOT IN ('draft', 'cancelled') AND {_OWED} > 0
  ) d ON true
  WHERE o.payment_terms = 'credit' AND {WORTH} > o.paid_total - o.refunded_total AND EXISTS (SELECT 1 FROM orders_creditaccount)
  GROUP BY a.id)"""  # noqa: S608  constants

_WORTH_AT_LEAST = (
    f"orders_orderminimum m WHERE m.product_id IS NULL AND (m.group_id IS NULL OR m.group_id = {_BUYER_GROUP})"
)

# A least worth in the order's own currency decides; where nobody set one, that of the books at the order's own rate.
MINIMUM = f"""(
  SELECT json_agg(json_build_object('sku', m.sku, 'has', m.has::text, 'least', m.least::text, 'currency', m.currency) ORDER BY m.sku) FROM (
    SELECT p.sku, sum(x.qty_ordered - x.qty_cancelled)::numeric AS has, max(m.qty)::numeric AS least, '' AS currency
    FROM orders_orderminimum m JOIN inventory_product p ON p.id = m.product_id
    JOIN orders_orderline x ON x.product_id = m.product_id AND x.order_id = o.id
    WHERE m.group_id IS NULL OR m.group_id = {_BUYER_GROUP}
    GROUP BY p.sku HAVING sum(x.qty_ordered - x.qty_cancelled) BETWEEN 1 AND max(m.qty) - 1
    UNION ALL
    SELECT '', {WORTH}, max(m.amount), o.currency FROM {_WORTH_AT_LEAST} AND m.currency = o.currency HAVING max(m.amount) > {WORTH}
    UNION ALL
    SELECT '', {BOOK_WORTH}, max(m.amount), o.book_currency FROM {_WORTH_AT_LEAST} AND m.currency = o.book_currency
      AND o.currency <> o.book_currency AND NOT EXISTS (SELECT 1 FROM {_WORTH_AT_LEAST} AND m.currency = o.currency)
    HAVING max(m.amount) > {BOOK_WORTH}
  ) m)"""  # noqa: S608  constants

# Only lists agreed with the customer or their group: a web shop's promotion is its own business, and so is a blanket order.
# Lines of one product reach a quantity together, as in the form.
PRICE = f"""(
  SELECT json_agg(json_build_object('sku', x.sku, 'price', x.unit_price::text, 'agreed', b.unit_price::text, 'list', b.name,
    'from', b.min_qty) ORDER BY x.id)
  FROM (
    SELECT l.*, sum(l.qty_ordered) OVER (PARTITION BY l.product_id) AS units FROM orders_orderline l
    WHERE l.order_id = o.id AND l.qty_ordered > l.qty_cancelled
  ) x JOIN LATERAL (
    SELECT i.unit_price, i.min_qty, t.name, t.customer_id, t.group_id
    FROM orders_priceitem i JOIN orders_pricelist t ON t.id = i.price_list_id
    WHERE i.product_id = x.product_id AND i.min_qty <= x.units AND t.is_active AND t.currency = o.currency
      AND (t.customer_id IS NULL OR t.customer_id = o.customer_id)
      AND (t.group_id IS NULL OR t.group_id = {_BUYER_GROUP})
      AND (t.channel_id IS NULL OR t.channel_id = o.channel_id)
      AND (o.placed_at AT TIME ZONE %(zone)s)::date BETWEEN COALESCE(t.starts_on, '-infinity') AND COALESCE(t.ends_on, 'infinity')
    ORDER BY t.customer_id IS NOT NULL DESC, t.group_id IS NOT NULL DESC, t.channel_id IS NOT NULL DESC, t.rank, t.id,
      i.min_qty DESC
    LIMIT 1
  ) b ON b.customer_id IS NOT NULL OR b.group_id IS NOT NULL
  WHERE x.unit_price <> b.unit_price AND NOT o.extra ? 'blanket')"""  # noqa: S608  constants
