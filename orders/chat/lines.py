"""Wanted things: each piece of a message as a quantity and the product its words mean, or as a change of an earlier one."""

import re
from dataclasses import replace

from orders.chat.catalogue import Catalogue, fold, tokens
from orders.chat.correct import DROP, SET, change_of, is_meant, made, meant, swap_of
from orders.chat.pieces import Piece, PieceReader
from orders.chat.reading import Candidate, Change, ReadLine
from orders.chat.vocabulary import COLOURS, NOT_GOODS


class LineReader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.reader = PieceReader(catalogue)

    def is_goods(self, text: str) -> bool:
        """Does the text ask for a product we can name?"""
        if not text or not text.strip(" ,."):
            return False
        return any(p.score >= 0.6 or (p.said and p.score >= 0.45) for p in self.reader.pieces(text))

    def read(self, lines: list[str]) -> tuple[list[ReadLine], list[Change]]:
        """(what is wanted, changes that mean nothing in these lines: something of the last order, or nothing)."""
        found: list[ReadLine] = []
        left: list[Change] = []
        heading = ""
        for line in lines:
            pieces = self.reader.pieces(line)
            for at, piece in enumerate(pieces):
                if swap := self._swap(piece, found):
                    found, dropped = swap
                    left += dropped
                    continue
                if change := change_of(piece, self.catalogue):
                    after = made(change, found, self.catalogue)
                    if after is not None:
                        found = after
                        continue
                    if change.kind != SET and not change.qty:
                        left.append(change)
                        continue
                self._borrow(piece, pieces[at + 1] if at + 1 < len(pieces) else None, heading)
                if _is_heading(piece, line):
                    heading = piece.phrase
                    continue
                if wish := self._line(piece):
                    found.append(wish)
                    heading = piece.phrase
                    if change:
                        left.append(replace(change, line=wish))
        return found, left

    def _swap(self, piece: Piece, found: list[ReadLine]) -> tuple[list[ReadLine], list[Change]] | None:
        """One thing for another: as many of it, unless a number is said. What goes may be of the last order."""
        said = swap_of(piece.text)
        if said is None or not (away := meant(said[0], self.catalogue)):
            return None
        comes = self.reader.pieces(said[1])[:1]
        if not comes:
            return None
        self._borrow(comes[0], None, " ".join(sorted(away)))
        line = self._line(comes[0])
        if line is None:
            return None
        change = Change(DROP, away, "", 0, piece.text)
        before = next((old for old in reversed(found) if is_meant(change, old, self.catalogue)), None)
        qty = piece.qty if piece.said else before.qty if before else line.qty
        line = replace(line, words=piece.text, qty=qty, qty_said=bool(piece.said or before or line.qty_said))
        if before is None:
            return [*found, line], [change]
        return [line if old is before else old for old in found], []

    def _borrow(self, piece: Piece, after: Piece | None, heading: str) -> None:
        """ "2 blue and 3 red mugs", "mugs: 2 blue, 3 red": a colour or size alone takes the noun beside it."""
        said = tokens(piece.phrase)
        if not said or piece.code or not set(said) <= COLOURS:
            return
        near = []
        for noun in (after.phrase if after and not after.code else "", heading):
            noun = " ".join(w for w in noun.split() if fold(w.lower()) not in COLOURS)
            if noun and (found := self.catalogue.by_name(f"{piece.phrase} {noun}")):
                near.append((f"{piece.phrase} {noun}", tuple(found)))
        if (
            near
        ):  # of the noun before and the one behind, the one that there is in this colour; the one behind when both are
            piece.phrase, piece.found = max(near, key=lambda pair: pair[1][0].score)

    def _line(self, piece: Piece) -> ReadLine | None:
        best, score = piece.best, piece.score
        said = [t for t in tokens(piece.phrase) if not t.isdecimal()]
        if not piece.code and (set(said) & NOT_GOODS) and score < 0.6:
            return None
        if best is None or (score < 0.55 and not piece.said):
            if not piece.said or best is not None or not any(len(t) > 2 for t in said) or len(said) > 6:
                return None
            return ReadLine(piece.text, piece.phrase, piece.qty, price=piece.price)
        others = tuple(c for c in piece.found if c.sku != best.sku)
        confidence = score
        if not piece.code and others and score - others[0].score < 0.04:
            confidence = min(score, 0.5)
        qty, confidence = _by_measure(piece, best, confidence)
        if not piece.said:
            confidence *= 0.9
        return ReadLine(
            piece.text,
            piece.phrase,
            qty,
            best.sku,
            best.name,
            round(confidence, 2),
            best.why,
            piece.said,
            piece.price,
            others,
        )


def merged(lines: list[ReadLine]) -> list[ReadLine]:
    """A product said twice in the same words counts once; in other words both stay."""
    out: list[ReadLine] = []
    for line in lines:
        if not any(line.sku and o.sku == line.sku and o.words == line.words for o in out):
            out.append(replace(line))
    return out


def _is_heading(piece: Piece, line: str) -> bool:
    return not piece.said and line.rstrip().endswith(":") and piece.text.strip() == line.strip(" :,")


def _by_measure(piece: Piece, best: Candidate, confidence: float) -> tuple[int, float]:
    """ "2 kg" of what is sold by 500 g is four, less surely."""
    size = r"(\d+(?:\.\d+)?)\s*(kg|g|ml|l)\b"
    wanted, sold = (re.search(size, " ".join(tokens(t))) for t in (piece.phrase, best.name))
    if piece.code or not wanted or not sold or piece.said:
        return piece.qty, confidence
    scale = {"kg": 1000, "g": 1, "l": 1000, "ml": 1}
    if (wanted[2] in ("kg", "g")) != (sold[2] in ("kg", "g")):
        return piece.qty, confidence
    times = float(wanted[1]) * scale[wanted[2]] / (float(sold[1]) * scale[sold[2]] or 1)
    return (int(times), min(confidence, 0.7)) if times > 1 and times == int(times) else (piece.qty, confidence)
