"""How far the units of one line have come: the worst news first, then the rest, and the same as parts of a bar."""

from dataclasses import dataclass

from orders.models import OrderLine


@dataclass(frozen=True)
class Part:
    """Some units of a line that are at the same point."""

    qty: int
    says: str
    tone: str = ""
    glyph: str = ""
    sign: str = ""

    @property
    def words(self) -> str:
        return self.says.format(self.qty)


@dataclass(frozen=True)
class Readiness:
    """`head` is what a reader must see first; `gone`, `have`, `short` and `left` add up to the units not cancelled.

    `inside` is what one unit holds when the line is of a kit."""

    line: OrderLine
    head: Part
    rest: tuple[Part, ...]
    gone: int
    have: int
    left: int
    inside: str = ""

    @property
    def short(self) -> int:
        return self.line.qty_backordered

    @property
    def more(self) -> str:
        return ", ".join(part.words for part in self.rest)


NONE = Part(0, "No units", "rest")


def readiness(line: OrderLine, inside: str = "", at_supplier: int = 0) -> Readiness:
    """Every unit of the line is in exactly one part; `at_supplier` of its allocated units a supplier sends."""
    parts = [part for part in _parts(line, at_supplier) if part.qty > 0] or [NONE]
    have = line.qty_reserved + line.qty_allocated
    left = max(line.qty_open - have - line.qty_backordered, 0)
    return Readiness(line, parts[0], tuple(parts[1:]), gone=line.qty_dispatched, have=have, left=left, inside=inside)


def _parts(line: OrderLine, at_supplier: int) -> list[Part]:
    on_the_road = line.qty_dispatched - line.qty_delivered - line.qty_returning - line.qty_rto - line.qty_written_off
    uncovered = line.qty_open - line.qty_reserved - line.qty_allocated - line.qty_backordered
    by_channel = "{} sent by the marketplace" if line.is_channel_fulfilled else "{} without stock yet"
    return [
        Part(line.qty_backordered, f"Short {{}} of {line.qty_ordered}", "late", sign="block"),
        Part(uncovered, by_channel, "rest", "f-new"),
        Part(line.qty_reserved, "{} reserved", "", "f-confirmed"),
        Part(at_supplier, "{} from a supplier", "wait", "f-confirmed"),
        Part(line.qty_allocated - line.qty_picked - at_supplier, "{} allocated", "", "f-ready"),
        Part(line.qty_picked - line.qty_packed, "{} picked", "", "f-picking"),
        Part(line.qty_packed, "{} packed", "", "f-packed"),
        Part(line.qty_returning, "{} coming back", "wait", "f-returned"),
        Part(line.qty_written_off, "{} lost", "late", "f-failed"),
        Part(on_the_road, "{} dispatched", "", "f-dispatched"),
        Part(line.qty_rto, "{} came back", "rest", "f-returned"),
        Part(line.qty_delivered - line.qty_returned, "{} delivered", "done", sign="check"),
        Part(line.qty_returned, "{} returned", "rest", "f-returned"),
        Part(line.qty_cancelled, "{} cancelled", "rest", "f-cancelled"),
    ]
