"""The message without its wrapping: export and mail headers, quotes, bullets and emojis; and who wrote it."""

import re
import unicodedata
from dataclasses import dataclass, field

from orders.chat.numbers import plain

DAY, CLOCK = r"\d{1,2}[/.-]\d{1,2}", r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?"
YEAR = r"[/.-]\d{2,4}"
# As exported, and as copied out of a chat: "[12/11, 9:41 am] Name:" on a phone, "[9:41 am, 12/11/2026] Name:" in a browser.
EXPORT = re.compile(
    rf"^\W*(?:\[(?:{DAY}(?:{YEAR})?,?\s+{CLOCK}|{CLOCK},?\s+{DAY}(?:{YEAR})?)\]|\[?{DAY}{YEAR},?\s+{CLOCK}\]?\s*(?:-\s*)?)\s*"
    r"([^:]{2,40}?):\s*(.*)$",
    re.I,
)
MAIL_HEADER = re.compile(r"^(subject|sub|date|to|cc|bcc|sent|reply-to|fwd|fw)\s*:", re.I)
MAIL_FROM = re.compile(r"^from\s*:\s*\"?([^<\"@]*?)\"?\s*(?:<\s*([^>\s]+@[^>\s]+)\s*>|([^\s<]+@\S+))?\s*$", re.I)
NOISE = re.compile(
    r"^(-{2,}.*|_{3,}|={3,}|begin forwarded message:?|forwarded( many times| message)?|sent from my .*|"
    r"get outlook for .*|"
    r"on .{6,80} wrote:|messages and calls are end-to-end.*|<media omitted>|this message was deleted|image omitted|"
    r".*\bunsubscribe\b.*|https?://\S+)$",
    re.I,
)
OURS = {"me", "you", "shop", "store", "support", "sales", "orders"}
# "To:" with no mail address behind it is where the goods go.
TO_PLACE = re.compile(r"^to\s*:(?!.*@)(?=.*\d)", re.IGNORECASE)
KEYCAP = re.compile(r"^[^\S\n]*([1-9])\ufe0f?\u20e3", re.MULTILINE)
# "half kg" is a size, not a quantity of a half.
WEIGHTS = (
    (re.compile(r"(?:\b(?:half|aadha|adha)|(?<![\d.])0\.5|(?<!\d)1/2|(?<!\d)½)\s*(?:a\s+)?(?:kg|kilo)s?\b", re.IGNORECASE), "500 g"),
    (re.compile(r"(?:\b(?:quarter|pav|paav)|(?<!\d)1/4)\s*(?:kg|kilo)s?\b", re.IGNORECASE), "250 g"),
    (re.compile(r"(?:\b(?:half|aadha|adha)|(?<!\d)1/2|(?<!\d)½)\s*(?:a\s+)?(?:l|ltr|litre|liter)s?\b", re.IGNORECASE), "500 ml"),
)  # fmt: skip
BULLET = re.compile(r"^\s*(?:[-–—•·*▪►>→✓]+\s*|\(?\d{1,2}\)\s+(?!\d{3,4}[\s-]?\d{3,4})|\d{1,2}\.\s+(?=\D*\d|\S+ \S+))")


@dataclass
class Message:
    """`lines` are the customer's own; `others` the people of an export whose lines were left out."""

    lines: list[str] = field(default_factory=list)
    sender: str = ""
    sender_email: str = ""
    others: list[str] = field(default_factory=list)


def clean(text: str) -> Message:
    message, speaker = Message(), ""
    speakers: list[str] = []
    for raw in plain(_weighed(_bare(_unnumbered(text)))).splitlines():
        line = re.sub(r"^(\s*>)+", "", raw).strip(" \t*_~")
        if found := EXPORT.match(line):
            speaker, line = found[1].strip(" ~"), found[2].strip()
            if speaker not in speakers:
                speakers.append(speaker)
        if found := MAIL_FROM.match(line):
            if found[2] or found[3] or not message.sender:
                message.sender = found[1].strip() or message.sender
                message.sender_email = found[2] or found[3] or message.sender_email
            continue
        if (MAIL_HEADER.match(line) and not TO_PLACE.match(line)) or NOISE.match(line):
            continue
        if speaker and _customer(speakers) != speaker:
            continue
        message.lines.append(BULLET.sub("", line).strip(" \t*_"))
    if speakers:
        message.sender = _customer(speakers)
        message.others = [s for s in speakers if s != message.sender]
    return message


def _unnumbered(text: str) -> str:
    """A list numbered by keycap emojis, from 1 on, has no quantities in them; a single one may be."""
    marks = [int(m[1]) for m in KEYCAP.finditer(text)]
    return KEYCAP.sub("• ", text) if len(marks) > 1 and marks == list(range(1, len(marks) + 1)) else text


def _weighed(text: str) -> str:
    for words, size in WEIGHTS:
        text = words.sub(size, text)
    return text


def _customer(speakers: list[str]) -> str:
    """Who asks: the first to speak who is not the shop itself."""
    return next((s for s in speakers if not set(re.findall(r"\w+", s.lower())) & OURS), speakers[0])


def _bare(text: str) -> str:
    """Without emojis and invisible marks; odd spaces and dashes made usual."""
    out = []
    for c in text.replace("\r\n", "\n").replace("\r", "\n"):
        kind = unicodedata.category(c)
        if c in "\n\t" or c in "½₹°":
            out.append(c)
        elif kind in ("So", "Cs", "Cn", "Co", "Sk") or c == "\ufe0f" or kind in ("Cf", "Cc") or c == "\u20e3":
            out.append(" " if kind in ("So", "Sk") and c != "`" else "")
        else:
            out.append(
                {"\u00a0": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "×": "x", "।": "."}.get(
                    c, c
                )
            )
    return "".join(out)
