"""Find the product a few words mean, quickly among thousands: an index of tokens, typos looked up by their bigrams."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from difflib import SequenceMatcher

from orders.chat.numbers import plain
from orders.chat.reading import Candidate

TOKEN = re.compile(r"[^\W_]+(?:\.\d+)?")
NEAR, MOST, LONGEST = 0.76, 4, 12
SAME = {"colour": "color", "grey": "gray", "ltr": "l", "litre": "l", "liter": "l", "lit": "l", "gms": "g", "gm": "g",
        "gram": "g", "grams": "g", "kgs": "kg", "kilo": "kg", "mls": "ml", "blk": "black", "wht": "white", "blu": "blue",
        "grn": "green", "lrg": "large", "sml": "small", "med": "medium", "lal": "red", "laal": "red", "neela": "blue",
        "neeli": "blue", "nila": "blue", "hara": "green", "hari": "green", "kala": "black", "kaala": "black",
        "safed": "white", "bada": "large", "badi": "large", "bade": "large", "chota": "small", "chhota": "small",
        "chhoti": "small", "choti": "small", "bottel": "bottle", "botal": "bottle", "dabba": "box", "kettel": "kettle",
        "tiffen": "tiffin", "peela": "yellow", "peeli": "yellow", "gulabi": "pink", "tamba": "copper",
        "peetal": "brass", "pital": "brass", "chai": "tea", "masale": "masala", "big": "large", "little": "small"}  # fmt: skip


@dataclass(frozen=True)
class Item:
    sku: str
    name: str
    barcode: str = ""


def fold(word: str) -> str:
    """One spelling for forms of a word: lower case, no plural, one word for a colour or a unit."""
    word = SAME.get(word, word)
    if len(word) > 3 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return SAME.get(word, word)


def tokens(text: str) -> list[str]:
    """Folded words; a number glued to its unit counts as two."""
    apart = re.sub(r"(\d)([a-z])", r"\1 \2", plain(text).lower().replace("'s", "s").replace("’s", "s"))
    return [fold(t) for t in TOKEN.findall(apart)]


def code(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


class Catalogue:
    """Products and learned words, ready for asking. `aliases` map words, as `alias_key` writes them, to a SKU."""

    def __init__(self, items: Iterable[Item], aliases: Mapping[str, str] | None = None) -> None:
        self.items = list(items)
        self.codes: dict[str, Item] = {}
        for item in self.items:
            self.codes.setdefault(code(item.sku), item)
            if item.barcode:
                self.codes.setdefault(code(item.barcode), item)
        by_sku = {item.sku: item for item in self.items} if aliases else {}
        self.aliases = {words: by_sku[sku] for words, sku in (aliases or {}).items() if sku in by_sku}
        self.words = [frozenset(tokens(item.name)) for item in self.items]
        self.holders: dict[str, list[int]] = defaultdict(list)
        for at, words in enumerate(self.words):
            for word in words:
                self.holders[word].append(at)
        count = max(len(self.items), 1)
        self.weight = {w: 0.4 + math.log(1 + count / len(at)) for w, at in self.holders.items()}
        self.rare = 0.4 + math.log(1 + count)
        self.grams: dict[str, list[str]] = defaultdict(list)
        for word in self.holders:
            for gram in _grams(word):
                self.grams[gram].append(word)
        self._near: dict[str, dict[str, float]] = {}

    def taught(self, aliases: Mapping[str, str]) -> "Catalogue":
        """The same products, with these learned words."""
        other = copy(self)
        by_code = {item.sku: item for item in self.items} if aliases else {}
        other.aliases = {words: by_code[sku] for words, sku in aliases.items() if sku in by_code}
        other._near = {}
        return other

    def by_code(self, text: str) -> Candidate | None:
        """The product whose SKU or barcode this is, hyphens and case aside."""
        item = self.codes.get(code(text))
        if item is None:
            return None
        why = "sku" if code(item.sku) == code(text) else "barcode"
        return Candidate(item.sku, item.name, 0.99, why)

    def by_alias(self, phrase: str) -> Candidate | None:
        item = self.aliases.get(alias_key(phrase))
        return Candidate(item.sku, item.name, 0.97, "alias") if item else None

    def by_name(self, phrase: str) -> list[Candidate]:
        """The nearest products, best first. The score is the share of the words that are in the name, and of the name in the words."""
        said = list(dict.fromkeys(tokens(phrase)))[:LONGEST]
        heard = {word: self.near(word) for word in said}
        pool: Counter[int] = Counter()
        for near in heard.values():
            for word in near:
                for at in self.holders[word]:
                    pool[at] += self.weight[word]  # type: ignore[assignment]
        found = [self._score(at, heard) for at, _ in pool.most_common(60)]
        return sorted((c for c in found if c.score >= 0.3), key=lambda c: (-c.score, c.sku))[:MOST]

    def _score(self, at: int, heard: Mapping[str, Mapping[str, float]]) -> Candidate:
        name, met, got, asked = self.words[at], set(), 0.0, 0.0
        for word, near in heard.items():
            best = max(((near[w] * self.weight[w], w) for w in near if w in name), default=(0.0, ""))
            top = max((self.weight[w] for w in near), default=self.rare * (0.35 if word.isalpha() else 0.2))
            got, asked = got + best[0], asked + max(top, best[0])
            if best[1]:
                met.add(best[1])
        covered = sum(self.weight[w] for w in met) / (sum(self.weight[w] for w in name) or 1)
        item = self.items[at]
        return Candidate(item.sku, item.name, round((got / (asked or 1)) * (0.55 + 0.45 * covered), 3))

    def near(self, word: str) -> dict[str, float]:
        """Words of the catalogue this one may be, with how near they are; the word itself alone when it is there."""
        if word in self.holders:
            return {word: 1.0}
        if word not in self._near:
            self._near[word] = self._typo(word)
        return self._near[word]

    def _typo(self, word: str) -> dict[str, float]:
        if len(word) < 4 or any(c.isdigit() for c in word):
            return {}
        shared: Counter[str] = Counter(w for g in _grams(word) for w in self.grams.get(g, ()))
        near = {}
        for other, _ in shared.most_common(25):
            if abs(len(other) - len(word)) <= 3 and not any(c.isdigit() for c in other):
                ratio = SequenceMatcher(None, word, other).ratio()
                if ratio >= NEAR or (len(word) >= 5 and other.startswith(word)):
                    near[other] = max(ratio, 0.85 if other.startswith(word) else 0)
        best = sorted(near.items(), key=lambda pair: -pair[1])[:3]
        return dict(best)


def alias_key(phrase: str) -> str:
    """What two ways of writing the same words have in common."""
    return " ".join(tokens(phrase))[:200]


def _grams(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}
