"""Numbers as people write them: digits of two scripts, English and Hindi words, halves, dozens and pairs."""

import re

DEVANAGARI = str.maketrans("०१२३४५६७८९", "0123456789")
ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
    "ek": 1, "do": 2, "teen": 3, "tin": 3, "char": 4, "chaar": 4, "paanch": 5, "panch": 5, "chhe": 6, "cheh": 6, "che": 6,
    "saat": 7, "sat": 7, "aath": 8, "nau": 9, "das": 10, "gyarah": 11, "barah": 12, "pandrah": 15, "bees": 20,
    "pachees": 25, "pachis": 25, "tees": 30, "pachaas": 50, "pachas": 50, "sau": 100,
    "एक": 1, "दो": 2, "तीन": 3, "चार": 4, "पांच": 5, "पाँच": 5, "छह": 6, "सात": 7, "आठ": 8, "नौ": 9, "दस": 10,
    "couple": 2, "a": 1, "an": 1,
}  # fmt: skip
# Words that are numbers in one language and something else in the other: only before a product or a unit.
SHY = {"a", "an", "do", "tin", "das", "sat", "che", "char", "one"}
DOZEN = {"dozen", "dozens", "doz", "dz", "dzn", "darjan", "darzan", "दर्जन"}
PAIR = {"pair", "pairs", "pr", "jodi", "jora", "joda", "जोड़ी"}
HALF = {"half", "aadha", "adha", "aadhi", "½", "1/2", "0.5"}
MANY_AND_HALF = {"dedh": 1.5, "dhai": 2.5, "dhaai": 2.5, "adhai": 2.5, "डेढ़": 1.5, "ढाई": 2.5}
UNITS = {
    "pc", "pcs", "pce", "pieces", "piece", "peice", "peices", "nos", "no", "nag", "unit", "units", "ea", "each", "qty",
    "quantity", "pkt", "pkts", "packet", "packets", "ct", "count", "adad", "piecs", "pics", "नग", "पीस",
}  # fmt: skip
FRACTION = re.compile(r"(\d)\s*½")


def plain(text: str) -> str:
    """Devanagari digits as ASCII, 1½ as 1.5."""
    return FRACTION.sub(r"\1.5", text.translate(DEVANAGARI))


def value(word: str) -> float | None:
    """The number a word stands for."""
    word = word.lower()
    if re.fullmatch(r"\d{1,7}(\.\d)?", word):
        return float(word)
    if word in HALF:
        return 0.5
    return float(ONES[word]) if word in ONES else None
