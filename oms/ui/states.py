"""What every state looks like: one table from our codes to shape, fill, tone and word.

Payment is a circle, fulfilment (goods) a square; they never share a glyph. Tones: late (someone must act, now or it
is refused), wait (waits for somebody), done (finished well), rest (nothing to do); none means normal progress.
Codes that are not in the table read as their own words in ink, so that a stage an admin adds is never an error.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """`glyph` is a symbol id of templates/ui/_icons.html, or empty for a word alone."""

    glyph: str
    tone: str
    word: str


@dataclass(frozen=True)
class Track:
    """A family of codes. `shape` goes to data-track (pay or ful), `says` is read out before the word."""

    shape: str
    says: str
    looks: dict[str, Look]


def _looks(rows: str) -> dict[str, Look]:
    """Read the tables below: code, glyph, tone (- for none), word."""
    table = (row.split(None, 3) for row in rows.strip().splitlines())
    return {
        code: Look("" if glyph == "-" else glyph, "" if tone == "-" else tone, word)
        for code, glyph, tone, word in table
    }


PAYMENT = _looks("""
unpaid                p-unpaid      rest  Unpaid
verification_pending  p-verifying   wait  Verifying
cod                   p-cod         rest  COD due
authorized            p-authorized  -     Authorised
partially_paid        p-partial     wait  Part-paid
paid                  p-paid        done  Paid
overpaid              p-overpaid    wait  Overpaid
on_credit             p-terms       rest  On credit
partially_refunded    p-refunddue   rest  Part-refunded
refunded              p-refunded    rest  Refunded
failed                p-failed      late  Failed
disputed              p-disputed    late  Disputed
""")

TENDER = _looks("""
pending               p-unpaid      rest  Pending
verification_pending  p-verifying   wait  Verifying
authorized            p-authorized  -     Authorised
captured              p-paid        done  Received
cod_due               p-cod         rest  COD due
cod_collected         p-partial     wait  With courier
partially_refunded    p-refunddue   rest  Part-refunded
refunded              p-refunded    rest  Refunded
voided                p-voided      rest  Voided
failed                p-failed      late  Failed
expired               p-voided      rest  Expired
disputed              p-disputed    late  Disputed
""")

REFUND = _looks("""
requested  p-verifying  wait  Asked for
approved   p-refunddue  wait  Approved
sent       p-refunddue  -     Sent
succeeded  p-refunded   done  Refunded
failed     p-failed     late  Refund failed
declined   p-voided     rest  Declined
""")

FULFILMENT = _looks("""
unallocated           f-new         rest  Not allocated
awaiting_stock        f-new         wait  Awaiting stock
partially_allocated   f-partalloc   wait  Part-allocated
allocated             f-ready       -     Stock ready
picking               f-picking     -     Picking
packed                f-packed      -     Packed
partially_dispatched  f-partdisp    -     Part-dispatched
dispatched            f-dispatched  -     Dispatched
partially_delivered   f-partdel     -     Part-delivered
delivered             f-delivered   done  Delivered
returning_to_origin   f-returned    wait  Coming back
returned_to_origin    f-returned    rest  Came back
lost                  f-failed      late  Lost
cancelled             f-cancelled   rest  Cancelled
""")

WORK = _looks("""
awaiting_stock  f-new         wait  Awaiting stock
scheduled       f-confirmed   rest  Scheduled
with_supplier   f-confirmed   wait  With the supplier
open            f-ready       -     Ready to pick
picking         f-picking     -     Picking
picked          f-picking     -     Picked
packed          f-packed      -     Packed
dispatched      f-dispatched  -     Dispatched
completed       f-delivered   done  Completed
rejected        f-failed      late  Rejected
cancelled       f-cancelled   rest  Cancelled
""")

SHIPMENT = _looks("""
created           f-new         rest  Created
label_ready       f-ready       -     Label ready
manifested        f-packed      -     On manifest
picked_up         f-dispatched  -     Picked up
in_transit        f-dispatched  -     In transit
out_for_delivery  f-dispatched  -     Out for delivery
delivered         f-delivered   done  Delivered
attempt_failed    f-failed      late  Delivery failed
delayed           f-dispatched  wait  Delayed
lost              f-failed      late  Lost
damaged           f-failed      late  Damaged
rto_initiated     f-returned    wait  Coming back
rto_in_transit    f-returned    wait  Coming back
rto_received      f-returned    rest  Came back
cancelled         f-cancelled   rest  Cancelled
""")

CLAIM = _looks("""
due      f-new        wait  Claim to file
filed    f-packed     wait  Claim filed
paid     f-delivered  done  Carrier paid
refused  f-failed     late  Carrier refused
dropped  f-cancelled  rest  Nothing claimed
""")

RETURN = _looks("""
none                f-confirmed   rest  None
requested           f-new         wait  Decide
approved            f-confirmed   -     Approved
in_progress         f-returned    wait  In progress
declined            f-cancelled   rest  Declined
awaiting_item       f-new         wait  Waiting for the parcel
in_transit          f-dispatched  -     On its way
partially_received  f-partdisp    wait  Part-received
partially_returned  f-partdisp    rest  Part-returned
received            f-packed      wait  Inspect
inspected           f-ready       wait  Settle
resolved            f-delivered   done  Settled
returned            f-returned    rest  Returned
closed              f-delivered   rest  Closed
cancelled           f-cancelled   rest  Cancelled
expired             f-cancelled   rest  Expired
""")

PURCHASE = _looks("""
draft          f-new        rest  Draft
sent           f-confirmed  -     Sent
part_received  f-partdisp   wait  Part-received
received       f-packed     done  Received
closed         f-delivered  rest  Closed
cancelled      f-cancelled  rest  Cancelled
""")

# Of one that goes straight to a customer nothing arrives here.
DROP_SHIP = PURCHASE | _looks("""
part_received  f-partdisp    wait  Part-shipped
received       f-dispatched  done  Shipped
""")

TRANSFER = _looks("""
draft          f-new         rest  Draft
sent           f-dispatched  -     On the road
part_received  f-partdisp    wait  Part-received
received       f-delivered   done  Received
closed         f-failed      rest  Closed short
cancelled      f-cancelled   rest  Cancelled
""")

ASSEMBLY = _looks("""
planned    f-confirmed  -     Planned
started    f-picking    -     Being made
done       f-delivered  done  Made
closed     f-failed     rest  Closed short
cancelled  f-cancelled  rest  Cancelled
""")

STOCKTAKE = _looks("""
counting   f-picking    -     Being counted
review     f-packed     wait  To review
posting    f-picking    -     Being posted
posted     f-delivered  done  Posted
cancelled  f-cancelled  rest  Thrown away
""")

ORDER = _looks("""
draft       -  rest  Draft
new         -  -     New
confirmed   -  -     Confirmed
processing  -  -     Processing
completed   -  done  Completed
closed      -  rest  Closed
cancelled   -  rest  Cancelled
""")

TRACKS: dict[str, Track] = {
    "payment": Track("pay", "Payment", PAYMENT),
    "tender": Track("pay", "Payment", TENDER),
    "refund": Track("pay", "Refund", REFUND),
    "fulfilment": Track("ful", "Fulfilment", FULFILMENT),
    "work": Track("ful", "Fulfilment", WORK),
    "shipment": Track("ful", "Shipment", SHIPMENT),
    "claim": Track("ful", "Claim", CLAIM),
    "return": Track("ful", "Return", RETURN),
    "purchase": Track("ful", "Purchase", PURCHASE),
    "drop_ship": Track("ful", "Purchase", DROP_SHIP),
    "transfer": Track("ful", "Transfer", TRANSFER),
    "assembly": Track("ful", "Assembly", ASSEMBLY),
    "stocktake": Track("ful", "Stocktake", STOCKTAKE),
    "order": Track("", "Status", ORDER),
}
ALIASES = {"pay": "payment", "ful": "fulfilment"}


def look(track: str, code: str) -> tuple[Track, Look]:
    """How `code` of `track` is drawn; KeyError for an unknown track, a plain word for an unknown code."""
    family = TRACKS[ALIASES.get(track, track)]
    return family, family.looks.get(code) or Look("", "", (code or "unknown").replace("_", " ").capitalize())
