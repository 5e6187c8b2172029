"""X12 850 purchase orders: one order per transaction set, its segments as rows, elements named PO104 and the like.

ASC X12 004010. Read: BEG, CUR, REF, PER, DTM, TD5, N1 loops (ST ship-to, BY buyer, BT bill-to), PO1 with PID, SDQ and its own
N1 loops, AMT, CTT, SAC. The counts in CTT and SE must hold: an order cut short on its way is refused, not guessed.

A line for several stores says so by SDQ (a code and a quantity each) or by an N1*ST of its own, with QTY where there are several.
A code stands for the address of the N1 loop with that N104, wherever in the order it is; without one the address has the code
as its name and nothing else, and whoever imports the file looks it up (orders/imports/stores.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from oms.tables.files import NO_FIXES, Fixes, Row, Table, read_tables
from orders.channels.cells import Bad, amount, build_each, count, country, currency, moment, required
from orders.channels.draft import AddressDraft, LineDraft, OrderDraft, ReadResult, RowReject

ZERO = Decimal(0)
DATES = ("%Y%m%d", "%y%m%d")
# Which product number of a PO1 is the seller's SKU, best first (element 235).
NUMBERS = ("VP", "VN", "SK", "VC", "IN", "BP", "UP", "EN", "UK")


def read(paths: Sequence[str | Path], fixes: Fixes = NO_FIXES) -> ReadResult:
    """Read interchanges of purchase orders; `rows` counts segments."""
    drafts: list[OrderDraft] = []
    rejects: list[RowReject] = []
    rows = 0
    for table in read_tables(paths, fixes):
        table.require("segment", "ST01")
        rows += len(table.rows)
        drafts += build_each(_transactions(table, rejects), _order, rejects)
    return ReadResult(drafts, rejects, rows)


def _transactions(table: Table, rejects: list[RowReject]) -> dict[str, list[Row]]:
    """The segments from each ST to its SE, by purchase order number."""
    found: dict[str, list[Row]] = {}
    open_: list[Row] = []
    for row in table.rows:
        tag = row.text("segment")
        if tag == "ST":
            open_ = [row]
        elif open_:
            open_.append(row)
        if tag == "SE" and open_:
            _keep(found, open_, rejects)
            open_ = []
    if open_:
        rejects.append(_refused(open_[0], "ST02", "The transaction has no SE segment: the file breaks off."))
    return found


def _keep(found: dict[str, list[Row]], rows: list[Row], rejects: list[RowReject]) -> None:
    head, begin = rows[0], _first(rows, "BEG")
    number = begin.text("BEG03") if begin else ""
    if head.text("ST01") != "850":
        said = head.text("ST01")
        rejects.append(_refused(head, "ST01", f"This is an X12 {said[:10]}, not a purchase order (850)."))
    elif not number:
        rejects.append(_refused(begin or head, "BEG03", "The purchase order has no number."))
    elif number in found:
        rejects.append(_refused(begin or head, "BEG03", f"Purchase order {number[:40]} stands in the file twice."))
    else:
        found[number] = rows


def _refused(row: Row, column: str, reason: str) -> RowReject:
    return RowReject(row.number, column, reason, "", row.text(column)[:120], row.file)


def _order(key: str, rows: list[Row]) -> OrderDraft:
    begin = _first(rows, "BEG")
    assert begin is not None
    if begin.text("BEG01") not in ("00", "06", "07"):
        raise Bad(
            begin, "BEG01", "Only original orders (00) are taken; a change or cancellation is for a person to decide."
        )
    placed = moment(begin, "BEG05", DATES)
    if placed is None:
        raise Bad(begin, "BEG05", "BEG05, the date of the order, is empty.", kind="date")
    money = _first(rows, "CUR")
    code = currency(money, "CUR02") if money else "USD"
    starts, parties, stores = _starts(rows), _parties(rows), _stores(rows)
    _counted(rows, len(starts))
    lines = [part for at in starts for part in _parts(rows, at, stores)]
    buyer, ship = parties.get("BY") or parties.get("BT"), parties.get("ST") or parties.get("BY")
    if all(line.ship_to for line in lines):  # nothing goes to the order's own address: the first store's stands for it
        ship = None
    draft = OrderDraft(
        external_id=key, external_name=key, placed_at=placed, currency=code, lines=tuple(lines), customer_po=key[:80],
        customer_name=(buyer or parties.get("ST") or AddressDraft()).name, company=(buyer or parties.get("ST") or AddressDraft()).name,
        email=_contact(rows, "EM"), phone=_contact(rows, "TE"), ship_to=ship or AddressDraft(),
        bill_to=parties.get("BT") or buyer or AddressDraft(), adjustment=_charges(rows), payment_terms="credit",
        adjustment_note="Allowances and charges of the purchase order" if _charges(rows) else "", tax_included=False,
        shipping_method=_text(rows, "TD5", "TD505"), promised_at=_requested(rows), source_rows=tuple(r.number for r in rows),
        extra={"partner": _text(rows, "N1", "N104")[:80]} if _text(rows, "N1", "N104") else {},
    )  # fmt: skip
    total = draft.computed_total()
    stated = next((row for row in rows if row.text("segment") == "AMT" and row.text("AMT01") == "TT"), None)
    if stated and amount(stated, "AMT02", default=total) != total:
        raise Bad(
            stated,
            "AMT02",
            f"The order's total is not the sum of its lines, {total}.",
            kind="amount",
            suggestion=f"{total:f}",
        )
    return OrderDraft(**{**draft.__dict__, "total": total})


def _starts(rows: list[Row]) -> list[int]:
    return [at for at, row in enumerate(rows) if row.text("segment") == "PO1"]


def _parts(rows: list[Row], at: int, stores: Mapping[str, AddressDraft]) -> Iterator[LineDraft]:
    """The line, or a line for each store it goes to; together they are all its units."""
    whole = _line(rows, at)
    shares = _shares(_until_next(rows, at), whole.qty, stores)
    if shares and (sum_ := sum(qty for _, qty in shares)) != whole.qty:
        said = f"PO102 says {whole.qty} units, the stores of the line get {sum_}: it is not clear which counts."
        raise Bad(rows[at], "PO102", said, kind="count", suggestion=str(sum_))
    yield from (replace(whole, qty=qty, ship_to=to) for to, qty in shares) if shares else (whole,)


def _shares(below: list[Row], qty: int, stores: Mapping[str, AddressDraft]) -> list[tuple[AddressDraft, int]]:
    """(store, units) of one line by its SDQ segments, else by its own N1*ST loops; empty: the order's own address."""
    found = []
    for row in below:
        if row.text("segment") == "SDQ":
            for n in range(3, 23, 2):
                if code := row.text(f"SDQ{n:02}"):
                    found.append((stores.get(code, AddressDraft(name=code)), count(row, f"SDQ{n + 1:02}")))
    if found:
        return found
    own = [(row, loop) for row, loop in _loops(below) if row.text("N101") == "ST"]
    for row, loop in own:
        counted = _first(loop, "QTY")
        if counted is None and len(own) > 1:
            raise Bad(row, "N101", "The line goes to several places, and no QTY says how many of it go to this one.")
        found.append((_place(row, loop, stores), count(counted, "QTY02") if counted else qty))
    return found


def _line(rows: list[Row], at: int) -> LineDraft:
    row = rows[at]
    numbers = {row.text(f"PO1{n:02}"): row.text(f"PO1{n + 1:02}") for n in range(6, 26, 2) if row.text(f"PO1{n:02}")}
    sku = next((numbers[kind] for kind in NUMBERS if numbers.get(kind)), "")
    if not sku:
        raise Bad(row, "PO107", "The line has no product number we know how to read.", kind="sku")
    required(row, "PO102")
    name = next((r.text("PID05") for r in _until_next(rows, at) if r.text("segment") == "PID"), "")
    return LineDraft(
        sku, name or sku, count(row, "PO102"), amount(row, "PO104", default=None), external_id=row.text("PO101")
    )


def _until_next(rows: list[Row], at: int) -> list[Row]:
    after = rows[at + 1 :]
    ends = next((n for n, row in enumerate(after) if row.text("segment") in ("PO1", "CTT", "SE")), len(after))
    return after[:ends]


def _counted(rows: list[Row], lines: int) -> None:
    end, totals = rows[-1], _first(rows, "CTT")
    if count(end, "SE01") != len(rows):
        raise Bad(
            end, "SE01", f"SE says {end.text('SE01')} segments, there are {len(rows)}: part of the order is missing."
        )
    if totals and count(totals, "CTT01") != lines:
        raise Bad(
            totals, "CTT01", f"CTT says {totals.text('CTT01')} lines, there are {lines}: part of the order is missing."
        )
    if not lines:
        raise Bad(rows[0], "", "The purchase order has no PO1 line.")


def _parties(rows: list[Row]) -> dict[str, AddressDraft]:
    """N1 loops before the lines, by what the party is (ST, BY, BT)."""
    found: dict[str, AddressDraft] = {}
    for row, loop in _loops(rows[: next(iter(_starts(rows)), len(rows))]):
        found.setdefault(row.text("N101"), _address(row, loop))
    return found


def _stores(rows: list[Row]) -> dict[str, AddressDraft]:
    """Every address of the order that has a code, by it."""
    found: dict[str, AddressDraft] = {}
    for row, loop in _loops(rows):
        if row.text("N104") and not (address := _address(row, loop)).is_empty():
            found.setdefault(row.text("N104"), address)
    return found


def _loops(rows: list[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Each N1 with the segments that belong to it."""
    for at, row in enumerate(rows):
        if row.text("segment") == "N1":
            below = rows[at + 1 :]
            ends = (n for n, r in enumerate(below) if r.text("segment") in ("N1", "PO1", "CTT", "SE"))
            yield row, below[: next(ends, len(below))]


def _place(row: Row, loop: list[Row], stores: Mapping[str, AddressDraft]) -> AddressDraft:
    """Where an N1 leads: its own N3 and N4, else what its code stands for, else the code alone."""
    address, code = _address(row, loop), row.text("N104")
    return stores.get(code, AddressDraft(name=code)) if address.is_empty() and code else address


def _address(row: Row, loop: list[Row]) -> AddressDraft:
    return AddressDraft(
        name=row.text("N102"), line1=_text(loop, "N3", "N301"), line2=_text(loop, "N3", "N302"), city=_text(loop, "N4", "N401"),
        state=_text(loop, "N4", "N402"), postal_code=_text(loop, "N4", "N403"),
        country=country(_text(loop, "N4", "N404")) or ("US" if _text(loop, "N4", "N403") else ""),
    )  # fmt: skip


def _charges(rows: list[Row]) -> Decimal:
    """Allowances (A) off and charges (C) on the order; SAC05 counts cents (data type N2)."""
    total = ZERO
    for row in rows:
        if row.text("segment") == "SAC" and row.text("SAC05"):
            cents = amount(row, "SAC05") / 100
            total += cents if row.text("SAC01") == "C" else -cents
    return total


def _contact(rows: list[Row], kind: str) -> str:
    for row in rows:
        for n in (3, 5, 7):
            if row.text("segment") == "PER" and row.text(f"PER{n:02}") == kind:
                return row.text(f"PER{n + 1:02}")
    return ""


def _requested(rows: list[Row]) -> datetime | None:
    """Requested ship date (010), else requested delivery (002)."""
    for wanted in ("010", "002"):
        for row in rows:
            if row.text("segment") == "DTM" and row.text("DTM01") == wanted:
                return moment(row, "DTM02", DATES)
    return None


def _first(rows: Sequence[Row], tag: str) -> Row | None:
    return next((row for row in rows if row.text("segment") == tag), None)


def _text(rows: Sequence[Row], tag: str, column: str) -> str:
    row = _first(rows, tag)
    return row.text(column) if row else ""
