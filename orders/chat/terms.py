"""How it is paid, by when it is wanted, and whether it is the same as last time."""

import re
from datetime import date, timedelta

from orders.chat.numbers import ONES
from orders.chat.reading import PaymentHint

KINDS = (
    ("cod",
        r"\bc\.?\s?o\.?\s?d\b\.?|\bcash on (?:delivery|arrival)|\bcash (?:dunga|denge|de dunga|de denge|"
        r"milega|at door|when)|\bpay(?:ment)? (?:on|at) delivery|(?:paisa|paise|payment) delivery (?:pe|par|ke time)|\bpay cash\b"),
    ("upi", r"\bupi\b|\bg\s?pay\b|\bgoogle pay\b|\bphone\s?pe\b|\bpaytm\b|\bbhim\b|\bjee pay\b"),
    ("bank",
        r"\bpay\s?id\b|\bbank transfer(?:red)?\b|\beft\b|\bosko\b|\bneft\b|\bimps\b|\brtgs\b|"
        r"\bdirect deposit\b|\bbank deposit\b|\bby transfer\b"),
    ("card", r"\b(?:credit|debit) card\b|\bby card\b|\bpay(?:ing)? (?:by|with) (?:card|visa|mastercard)\b|\bvisa\b"),
    ("credit",
        r"\bon account\b|\binvoice\b[^.\n]{0,20}\b\d+ days?\b|\b\d+[ -]days? (?:terms|account|invoice)\b|\bon invoice\b|"
        r"\bnet \d+\b|\b\d+ days? credit\b|\bon credit\b|\binvoice (?:me|us)\b|"
        r"\bon our account\b|\budhaar\b|\bput it on (?:my|our|the) (?:tab|account)\b"),
)  # fmt: skip
PAID = re.compile(
    r"\b(?<!not )(?<!be )(?:paid|payment (?:done|made|sent|completed?)|amount (?:sent|transferred)|"
    r"(?:have |has |just )?transferr?ed|"
    r"(?:paise|payment|pay|amount)\s+(?:kar|bhej)\s*(?:diya|di|diye|dia)|kar diya payment|"
    r"sent (?:the )?(?:money|payment)|pre-?paid|"
    r"(?:upi|gpay|g pay|phonepe|paytm)\s+(?:kar\s*)?(?:diya|done|kiya|di))\b",
    re.I,
)
UNPAID = re.compile(
    r"\b(?:not|n't|will be|to be|un)\s*-?paid\b|\bwill pay\b|\bpay (?:kar )?d?unga\b|\bkar dunga\b", re.I
)
REFERENCE = re.compile(
    r"\b(?:(?:upi|payment|bank|txn|transaction)\s+)?(?:ref(?:erence)?|utr|txn|transaction|trans|receipt)\b\.?\s*"
    r"(?:(?:no|id|number|num|is)\b\.?|[:#.-])*\s*((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,29})\b",
    re.I,
)  # fmt: skip
LAST_TIME = re.compile(

        r"\b(?:same (?:as|like) (?:last|previous|before|pichl\w+|earlier|usual|always)(?: (?:time|order|week|"
        r"month|one))?|same (?:again|order|thing again)|"

        r"repeat (?:my |the |our )?(?:last |previous )?order|(?:the |my |our )usual(?: order)?(?!\s+(?:terms|"
        r"price|address))|usual order|pichl[ie] (?:baar|bar|order) (?:jaisa|wala|wali|jaise)|"

        r"(?:last|pichhl[ie]) (?:time|baar|bar) (?:wala|jaisa|jaise)|wahi (?:order|saman|wala)|reorder|"
        r"re-order|as last time|like last time|last order again)\b",
    re.I,
)  # fmt: skip
DAYS = {"monday": 0, "mon": 0, "somvar": 0, "tuesday": 1, "tue": 1, "tues": 1, "mangalvar": 1, "wednesday": 2, "wed": 2, "budhvar": 2,
        "thursday": 3, "thu": 3, "thurs": 3, "guruvar": 3, "friday": 4, "fri": 4, "shukravar": 4, "saturday": 5, "sat": 5,
        "shanivar": 5, "sunday": 6, "sun": 6, "ravivar": 6, "itvar": 6, "weekend": 5}  # fmt: skip
MONTHS = {
    m: i + 1 for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
LEAD = (
    r"(?:\b(?:by|before|on|for|need(?:ed)?(?: it| them| this)?(?: by)?|deliver(?:y|ed)?(?: by| on)?|"
    r"latest by|this|coming|next|required)\s+)*(?:the\s+)?"
)
AFTER = r"(?:\s*(?:tak|ko|se pehle|latest|please|morning|evening|afternoon|arvo|night|chahiye|hi|subah|shaam)\b)*"
WEEKDAY = re.compile(rf"({LEAD})\b({'|'.join(sorted(DAYS, key=len, reverse=True))})\b{AFTER}", re.I)
NAMED = re.compile(
    rf"{LEAD}\b(\d{{1,2}})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?({'|'.join(MONTHS)})[a-z]*\.?,?(?:\s+(\d{{4}}))?\b{AFTER}",
    re.I,
)
NAMED_US = re.compile(
    rf"{LEAD}\b({'|'.join(MONTHS)})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(\d{{4}}))?{AFTER}", re.I
)
NUMERIC = re.compile(
    rf"\b(?:by|before|on|date|latest|till|until|need(?:ed)?(?: by)?|"
    rf"for)\s*:?\s*(\d{{1,2}})[/.-](\d{{1,2}})(?:[/.-](\d{{2,4}}))?\b{AFTER}|"
    rf"\b(\d{{1,2}})[/-](\d{{1,2}})(?:[/-](\d{{2,4}}))?\s+(?:tak|ko|se pehle)\b",
    re.I,
)
ORDINAL = re.compile(
    rf"\b(?:by|before|on)\s+(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|th)\b{AFTER}|\b(\d{{1,2}})\s*(?:tareekh|tarikh)\b{AFTER}",
    re.I,
)
SOON = re.compile(rf"{LEAD}\b(tomorrow|tmrw|tmr|tomo|kal|today|aaj|parso|parson|day after tomorrow)\b{AFTER}", re.I)
WITHIN = re.compile(
    r"\b(?:in|within)\s+(\w+)\s+(days?|weeks?)\b(?:\s+time)?|\b(\w+)\s+(din|dino|hafte)\s+(?:mein|me|main|"
    r"ke andar|tak|baad)\b",
    re.I,
)


def take_payment(lines: list[str], is_goods) -> PaymentHint:
    """What is said of paying; sentences that say nothing else are taken out of the lines."""
    kind, paid, reference = "", False, ""
    asked = list(lines)
    for i, line in enumerate(lines):
        if found := REFERENCE.search(line):
            reference = reference or found[1]
            lines[i] = line = f"{line[: found.start()]} , {line[found.end() :]}"
    for i, line in enumerate(lines):
        said = next((name for name, words in KINDS if re.search(words, asked[i], re.I)), "")
        done = bool(PAID.search(asked[i])) and not UNPAID.search(asked[i])
        if not said and not done:
            continue
        kind, paid = kind or said, paid or done
        kept = [p for p in re.split(r"[,.;!\n]\s+|,", line) if not _pays(p) or is_goods(_unpaid(p))]
        lines[i] = ", ".join(_unpaid(p) for p in kept)
    if reference and kind in ("", "upi", "bank", "card"):  # nobody has a reference before they pay
        paid = True
    return PaymentHint(kind or ("paid" if paid else ""), paid and kind not in ("cod", "credit"), reference)


def take_date(lines: list[str], today: date) -> date | None:
    """The day it is wanted by; its words are taken out of the lines."""
    for i, line in enumerate(lines):
        for pattern in (NAMED, NAMED_US, NUMERIC, WITHIN, SOON, ORDINAL, WEEKDAY):
            for found in pattern.finditer(line):
                day = _day(pattern, found, today)
                if day:
                    lines[i] = f"{line[: found.start()]} , {line[found.end() :]}"
                    return day
    return None


def take_last_time(lines: list[str]) -> bool:
    found = False
    for i, line in enumerate(lines):
        if LAST_TIME.search(line):
            found, lines[i] = True, LAST_TIME.sub(" , ", line)
    return found


def _pays(text: str) -> bool:
    return bool(PAID.search(text) or UNPAID.search(text) or any(re.search(words, text, re.I) for _, words in KINDS))


def _unpaid(text: str) -> str:
    for _, words in KINDS:
        text = re.sub(words, " , ", text, flags=re.I)
    return PAID.sub(" , ", text)


def _day(pattern: re.Pattern[str], found: re.Match[str], today: date) -> date | None:
    g = found.groups()
    try:
        if pattern is NAMED:
            return _ahead(int(g[0]), MONTHS[g[1].lower()], g[2], today)
        if pattern is NAMED_US:
            return _ahead(int(g[1]), MONTHS[g[0].lower()], g[2], today)
        if pattern is NUMERIC:
            return _ahead(int(g[0] or g[3]), int(g[1] or g[4]), g[2] or g[5], today)
        if pattern is WITHIN:
            word, unit = (g[0] or g[2]).lower(), (g[1] or g[3]).lower()
            count = int(word) if word.isdecimal() else ONES.get(word, 0)
            return today + timedelta(days=count * (7 if unit[0] in "wh" else 1)) if 0 < count < 60 else None
        if pattern is SOON:
            return today + timedelta(
                days={"today": 0, "aaj": 0, "parso": 2, "parson": 2, "day after tomorrow": 2}.get(g[0].lower(), 1)
            )
        if pattern is ORDINAL:
            day = int(g[0] or g[1])
            month = today.month if day >= today.day else today.month % 12 + 1
            return date(today.year + (month < today.month), month, day)
        if (
            g[1].lower() in ("sat", "sun", "mon", "wed", "fri", "thu")
            and not g[0]
            and not re.search(r"tak|ko", found[0], re.I)
        ):
            return None
        return today + timedelta(days=(DAYS[g[1].lower()] - today.weekday() - 1) % 7 + 1)
    except (ValueError, OverflowError):
        return None


def _ahead(day: int, month: int, year: str | None, today: date) -> date:
    """That day of the given year, or the next one to come."""
    if year:
        return date(int(year) + (2000 if int(year) < 100 else 0), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)
