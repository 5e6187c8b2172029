"""Everything the checks ask about a batch of new orders, loaded in one statement whatever their number."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from oms.kernel.clock import business_zone
from oms.kernel.db import fetch
from oms.kernel.money import quantize
from orders.checking.areas import outside
from orders.checking.rulebook import Setting
from orders.checking.suspicion import SUSPICION
from orders.checking.terms import BOOK_WORTH, CREDIT, MINIMUM, PRICE, WORTH
from orders.privacy.blocks import pepper
from orders.states import OPEN_STATUSES


@dataclass(frozen=True)
class Neighbour:
    """Another order of the same buyer, placed shortly before."""

    number: str
    placed_at: datetime
    skus: frozenset[str]
    is_open: bool = True
    same_customer: bool = True


@dataclass(frozen=True)
class Credit:
    """What the buyer may owe (None: no account) and owes without this order, in the account's currency.

    `late_orders` are those owed too long, the oldest first. `worth` is the order itself in that currency, None while no
    rate is known; `unrated` one of the other orders whose worth is not.
    """

    limit: Decimal | None = None
    terms_days: int = 0
    stopped: bool = False
    owed: Decimal = Decimal(0)
    late: Decimal = Decimal(0)
    late_orders: tuple[str, ...] = ()
    currency: str = ""
    worth: Decimal | None = None
    unrated: str = ""


@dataclass(frozen=True)
class Suspicion:
    """What the fraud signals count. Numbers of orders include this one; `usual` is the mean of `earlier` orders of the
    customer, in the order's currency, those in another one by what the books say they were worth; `forgiven` the highest
    score with which a person has let this order pass."""

    with_phone: int = 0
    with_email: int = 0
    to_address: int = 0
    usual: Decimal = Decimal(0)
    earlier: int = 0
    forgiven: int = 0


@dataclass(frozen=True)
class Further:
    """Another address that something of the order goes to."""

    position: int
    address: dict
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class OrderFacts:
    """One new order as the checks see it."""

    order_id: int = 0
    number: str = ""
    placed_at: datetime | None = None
    customer_name: str = ""
    email: str = ""
    phone: str = ""
    ship_to: dict = field(default_factory=dict)
    currency: str = ""
    total: Decimal = Decimal(0)  # of what is still wanted
    payment_terms: str = "prepaid"
    ships: bool = True
    skus: frozenset[str] = frozenset()
    approved: Decimal | None = None
    near: tuple[Neighbour, ...] = ()
    blocked: tuple[str, ...] = ()
    credit: Credit | None = None  # None: not asked, or the house gives no credit accounts
    too_few: tuple[
        dict, ...
    ] = ()  # minimums not reached: sku (empty: the whole order), has, least (units, or amounts), currency
    bill_to: dict = field(default_factory=dict)
    outside: tuple[str, ...] = ()  # whose delivery area the address is outside of
    suspicion: Suspicion | None = None  # None: not asked
    further: tuple[Further, ...] = ()
    off_list: tuple[dict, ...] = ()  # lines not at the agreed price: {sku, price, agreed, list, from}
    book_currency: str = ""
    book_total: Decimal | None = None  # the same in the books; None: no rate is known


# The last nine digits: a phone compares equal with and without its country code. An index of orders has this expression.
PHONE = r"right(regexp_replace({0}, '\D', '', 'g'), 9)"
OPEN = ", ".join(f"'{status.value}'" for status in OPEN_STATUSES)

_APPROVED = "(SELECT max(a.amount) FROM orders_approval a WHERE a.order_id = o.id AND a.state = 'approved' AND a.currency = o.currency)"
# A part of an order is no second order of the buyer.
_KIN = (
    "COALESCE(n.split_from_id, n.id) = COALESCE(o.split_from_id, o.id) OR n.id IS NOT DISTINCT FROM o.split_from_id "
    "OR n.split_from_id IS NOT DISTINCT FROM o.id"
)
# Whoever is stored second looks at the first, whatever its clock said: of two orders of one instant the earlier may come in
# last. Within one batch, and later on, the earlier one counts, and the one that a hold names already.
_EARLIER = (
    "(n.placed_at, n.id) < (o.placed_at, o.id) OR (%(placed_now)s AND n.id <> ALL(%(ids)s::bigint[])) "
    "OR EXISTS (SELECT 1 FROM orders_hold h WHERE h.order_id = o.id AND h.rule = 'twin' AND h.cleared_at IS NULL "
    "AND position(n.number || ',' IN h.detail) > 0)"
)
# What a schedule or an agreement has planned is no surprise.
_AGREED = "o.extra ?| array['recurring', 'blanket']"
_NEARBY = (
    f"n.id <> o.id AND NOT ({_KIN}) AND NOT ({_AGREED}) AND ({_EARLIER}) AND n.placed_at > o.placed_at - make_interval(hours => %(hours)s) "
    "AND n.placed_at < o.placed_at + make_interval(hours => %(hours)s)"
)
_NEAR = f"""(
  SELECT json_agg(json_build_object('number', n.number, 'placed_at', n.placed_at, 'is_open', n.status IN ({OPEN}),
    'same', n.customer_id IS NOT DISTINCT FROM o.customer_id,
    'skus', (SELECT json_agg(x.sku) FROM orders_orderline x WHERE x.order_id = n.id)))
  FROM (
    SELECT n.id, n.number, n.placed_at, n.status, n.customer_id FROM orders_order n
    WHERE n.customer_id = o.customer_id AND n.status <> 'cancelled' AND {_NEARBY}
    UNION
    SELECT n.id, n.number, n.placed_at, n.status, n.customer_id FROM orders_order n
    WHERE {PHONE.format("n.phone")} = {PHONE.format("o.phone")} AND n.phone <> '' AND n.status IN ({OPEN})
      AND length({PHONE.format("o.phone")}) >= 7 AND {_NEARBY}
    ORDER BY placed_at DESC LIMIT 200
  ) n)"""  # noqa: S608
# The block of somebody whose data was erased: recognised by a keyed hash alone (orders/privacy/blocks.py).
_KEPT = "('kept:' || encode(sha256(convert_to(%(pepper)s::text || {0}, 'UTF8')), 'hex'))"
_EMAIL = r"lower(regexp_replace(o.email, '\s', '', 'g'))"
_BLOCKED = rf"""(
  SELECT json_agg(b.kind ORDER BY b.kind) FROM orders_blockedentry b
  WHERE b.is_active AND (
    (b.kind = 'email' AND b.match = {_EMAIL})
    OR (b.kind = 'phone' AND b.match IN ({PHONE.format("o.phone")}, {PHONE.format("COALESCE(o.ship_to->>'phone', '')")}))
    OR (b.kind = 'postal_code' AND b.match = upper(regexp_replace(o.ship_to->>'postal_code', '\s', '', 'g')))
    OR CASE WHEN b.match LIKE 'kept:%%' THEN b.match IN ({_KEPT.format(_EMAIL)},
      {_KEPT.format(PHONE.format("o.phone"))}, {_KEPT.format(PHONE.format("COALESCE(o.ship_to->>'phone', '')"))}) END
    OR (o.address_count > 1 AND EXISTS (SELECT 1 FROM orders_orderaddress f WHERE f.order_id = o.id AND (
      (b.kind = 'phone' AND b.match = {PHONE.format("f.address->>'phone'")})
      OR (b.kind = 'postal_code' AND b.match = upper(regexp_replace(f.address->>'postal_code', '\s', '', 'g'))))))))"""  # noqa: S608
_FURTHER = """CASE WHEN o.address_count > 1 THEN (
  SELECT json_agg(json_build_object('position', f.position, 'address', f.address, 'outside', {outside}) ORDER BY f.position)
  FROM orders_orderaddress f WHERE f.order_id = o.id AND EXISTS (
    SELECT 1 FROM orders_orderline x WHERE x.order_id = o.id AND x.ship_to_id = f.id AND x.qty_ordered > x.qty_cancelled)) END"""
_READ = """
SELECT o.id, o.number, o.placed_at, o.customer_name, o.email, o.phone, o.ship_to, o.currency, {total}, o.payment_terms,
  c.kind <> 'pos' AND l.ships, l.skus, {approved}, {near}, {blocked}, {credit}, {minimum}, {price}, o.bill_to, {outside},
  {suspicion}, {further}, o.book_currency, {book_total}
FROM orders_order o JOIN orders_channel c ON c.id = o.channel_id
CROSS JOIN LATERAL (
  SELECT COALESCE(bool_or(NOT x.is_channel_fulfilled AND x.qty_ordered > x.qty_cancelled), false) AS ships, array_agg(x.sku) AS skus
  FROM orders_orderline x WHERE x.order_id = o.id
) l
WHERE o.id = ANY(%(ids)s::bigint[]) AND o.status = ANY(%(statuses)s::text[]) AND NOT o.is_historical
ORDER BY o.id
"""


def load(
    ids: Sequence[int], rules: Mapping[str, Setting], *, hours: int = 24, placed_now: bool = False, statuses: Sequence[str] = ("new",)
) -> list[OrderFacts]:  # fmt: skip
    """Facts of those of `ids` that are in `statuses` and no history; only what `rules` ask for is looked up.

    `hours` is how far back other orders of the buyer count. Orders `placed_now` have no approval yet.
    """
    sql = _READ.format(
        total=WORTH,
        book_total=BOOK_WORTH,
        approved="NULL" if placed_now or "amount" not in rules else _APPROVED,
        near=_NEAR if {"twin", "velocity"} & set(rules) else "NULL",
        blocked=_BLOCKED if {"blocked", "fraud"} & set(rules) else "NULL",
        credit=CREDIT if "credit" in rules else "NULL",
        minimum=MINIMUM if "minimum" in rules else "NULL",
        price=PRICE if "price" in rules else "NULL",
        outside=outside("o.ship_to") if "zone" in rules else "NULL",
        further=_FURTHER.format(outside=outside("f.address") if "zone" in rules else "NULL"),
        suspicion=SUSPICION if "fraud" in rules else "NULL",
    )
    fraud_hours = rules["fraud"].window_hours if "fraud" in rules else 24
    given = {
        "fraud_hours": fraud_hours,
        "ids": list(ids),
        "placed_now": placed_now,
        "hours": hours,
        "statuses": list(statuses),
        "zone": str(business_zone()),
        "pepper": pepper(),
    }
    return [_facts(row) for row in fetch(sql, given)]


def _facts(row: tuple) -> OrderFacts:
    near, blocked = _parsed(row[13]) or [], _parsed(row[14]) or []
    return OrderFacts(
        *row[:6], _parsed(row[6]) or {}, *row[7:11], frozenset(row[11] or ()), row[12],
        near=tuple(
            Neighbour(n["number"], datetime.fromisoformat(n["placed_at"]), frozenset(n["skus"] or ()), n["is_open"], n["same"])
            for n in near
        ),
        blocked=tuple(blocked), credit=_credit(_parsed(row[15]), row[8]), too_few=tuple(_parsed(row[16]) or ()),
        off_list=tuple(_parsed(row[17]) or ()), bill_to=_parsed(row[18]) or {}, outside=tuple(_parsed(row[19]) or ()),
        suspicion=_suspicion(_parsed(row[20])), further=tuple(_further(f) for f in _parsed(row[21]) or ()),
        book_currency=row[22], book_total=row[23],
    )  # fmt: skip


def _further(found: dict) -> Further:
    return Further(found["position"], found["address"], tuple(found["outside"] or ()))


def _credit(found: dict | None, total: Decimal) -> Credit | None:
    """`total` is the order's, to be said in the account's currency."""
    if not found:
        return None
    if found["limit"] is None:
        return Credit()
    code = found["currency"]
    owed, late = (quantize(Decimal(found[name]), code) for name in ("owed", "late"))
    worth = None if found["rate"] is None else quantize(total * Decimal(found["rate"]), code)
    return Credit(
        Decimal(found["limit"]), found["terms"], found["stopped"], owed, late, tuple(found["late_orders"] or ()), code, worth,
        found["unrated"] or "",
    )  # fmt: skip


def _suspicion(found: dict | None) -> Suspicion | None:
    if not found:
        return None
    usual, earlier = found.pop("usual")
    return Suspicion(
        usual=Decimal(usual or 0), earlier=earlier, **{name: int(value or 0) for name, value in found.items()}
    )


def _parsed(value):
    """Django hands jsonb over as text, json not."""
    return json.loads(value) if isinstance(value, str) else value
