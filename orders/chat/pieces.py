"""A line of a message in its pieces, each with its words, its number, its price and the products near to it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from orders.chat.catalogue import LONGEST, Catalogue, tokens
from orders.chat.numbers import DOZEN, PAIR, UNITS
from orders.chat.quantity import by_numbers, take_quantity
from orders.chat.reading import Candidate
from orders.chat.vocabulary import FILLER, PHRASES, PRICE, REMARK, SPLIT, WORD

COUNT_ALONE = re.compile(
    rf"\W*\d{{1,5}}\s*(?:{'|'.join(sorted(UNITS | DOZEN | PAIR, key=len, reverse=True))})\W*", re.I
)


@dataclass
class Piece:
    """Some words of one line: the text as written, the words of the product, and how many."""

    text: str
    phrase: str = ""
    qty: int = 1
    said: bool = False
    price: Decimal | None = None
    code: Candidate | None = None
    found: tuple[Candidate, ...] = ()

    @property
    def best(self) -> Candidate | None:
        return self.code or (self.found[0] if self.found else None)

    @property
    def score(self) -> float:
        return self.best.score if self.best else 0.0


class PieceReader:
    """Reads pieces against one catalogue; the same words are read once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._parsed: dict[str, Piece] = {}

    def pieces(self, line: str) -> list[Piece]:
        pieces = [
            self._parse(text)
            for part in SPLIT.split(line)
            for text in by_numbers(part, self.catalogue)
            if text.strip(" ,.-:")
        ]
        merged: list[Piece] = []
        for piece in pieces:
            last = merged[-1] if merged else None
            if last and last.best and not last.said and re.fullmatch(r"\W*\d{1,5}\W*", piece.text):
                merged[-1] = replace(
                    last, qty=int(re.sub(r"\D", "", piece.text)) or 1, said=True
                )  # "BW-3, 10" of a table
                continue
            if last and last.best and not last.said and COUNT_ALONE.fullmatch(piece.text):
                merged[-1] = replace(
                    self._parse(f"{last.text} {piece.text}"), text=last.text
                )  # "the red ones, 4 pairs"
                continue
            if (
                last
                and len(last.phrase.split()) < LONGEST
                and not piece.code
                and not last.code
                and piece.phrase
                and (not piece.said or not last.said)
            ):
                both = self._parse(f"{last.text}, {piece.text}")
                if (
                    both.phrase
                    and both.score >= max(last.score, 0.3) + 0.02
                    and both.score > piece.score
                    and self._same(both, last, piece)
                ):
                    merged[-1] = both
                    continue
            merged.append(piece)
        return merged

    def _same(self, both: Piece, last: Piece, piece: Piece) -> bool:
        """Two pieces are one only when the product found has words of each."""
        name = set(tokens(both.best.name)) if both.best else set()
        near = [set(self.catalogue.near(t)) for part in (last, piece) for t in tokens(part.phrase)[:1]]
        return all(n & name for n in near) and bool(set(tokens(last.phrase)) & name or last.score)

    def _parse(self, text: str) -> Piece:
        """One piece, read once however often the same words are asked about."""
        if text not in self._parsed:
            self._parsed[text] = self._parse_new(text)
        return replace(self._parsed[text])

    def _parse_new(self, text: str) -> Piece:
        piece = Piece(text.strip(" ,.-:;"))
        body = PRICE.sub(
            lambda m: piece.__setattr__("price", _money(m)) or " , ", PHRASES.sub(" ", REMARK.sub(" ", text))
        )  # type: ignore[func-returns-value]
        words = [
            w.strip("()[]\"'.,:;!?*=") or w for w in WORD.findall(re.sub(r"([a-z])\((\d)", r"\1 (\2", body, flags=re.I))
        ]
        words = [w for w in words if w.strip("-().,:;!?*'\"=/|_#")]
        piece.code, words = self._code(words)
        qty, words = take_quantity(words, self.catalogue)
        piece.qty, piece.said = (qty, True) if qty else (1, False)
        kept = [w for w in words if w.lower().strip("'-") not in FILLER and w.lower() not in UNITS - {"ct"}]
        piece.phrase = " ".join(kept)
        if piece.code is None and piece.phrase:
            piece.code = self.catalogue.by_alias(piece.phrase) or self.catalogue.by_code(piece.phrase)
            if piece.code is None:
                piece.found = tuple(self.catalogue.by_name(piece.phrase))
        return piece

    def _code(self, words: list[str]) -> tuple[Candidate | None, list[str]]:
        """A SKU or barcode among the words, written in one to four of them, with a digit in it."""
        for size in (1, 2, 3, 4):
            for at in range(len(words) - size + 1):
                text = "".join(words[at : at + size])
                if len(text) > 2 and any(c.isdigit() for c in text) and (size == 1 or not words[at].isdecimal()):
                    if len(text) < 5 and text.isdecimal():
                        continue
                    if found := self.catalogue.by_code(text.lstrip("#")):
                        return found, words[:at] + words[at + size :]
        return None, words


def _money(found: re.Match[str]) -> Decimal | None:
    try:
        return Decimal((found[1] or found[2] or found[3]).replace(",", ""))
    except InvalidOperation:
        return None
