"""Phone, e-mail and name of the buyer."""

import re
from collections.abc import Callable, Sequence

import phonenumbers

Says = Callable[[str], bool]
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
PHONE_LABEL = (
    r"(?:(?:my|contact|mobile|mob|mo|phone|ph|cell|whatsapp|wa|call|tel|alt|number|no|num|on|fon|m|p|is|me|"
    r"mera|hai)\b[\s.:#=-]*)*"
)
EMAIL_LABEL = r"(?:\b(?:my\s+)?(?:e-?mail|mail)(?:\s*(?:id|address))?\s*(?:is)?\s*[:=-]?\s*)?"
LABELLED = re.compile(
    r"^\W*(?:my\s+|customer\s+|full\s+|mera\s+)?(?:name|naam|customer|cust|attn|attention|recipient|"
    r"receiver|contact(?:\s+(?:person|name))?|नाम)"
    r"\s*(?:(?:is|hai|:|=|-)+|(?:par|pe)?\s*(?:likhna|likho|likh (?:do|dena|dijiye))\b\s*[:=-]*)\s*(.+)$",
    re.I,
)
SPOKEN = (
    re.compile(
        r"\b(?:my name is|mera naam|i am|i'm|im|this is|its|it's|myself|"
        r"naam(?:\s+(?:par|pe))?(?:\s+(?:likhna|likho|likh (?:do|dena|dijiye)))?)\s+"
        r"((?-i:[A-Z])[\w.']*(?:\s+(?-i:[A-Z])[\w.']*){0,3})", re.I),
    re.compile(r"\b(?:main|mai|mein|me)\s+([A-Za-z]\w+(?:\s+[A-Za-z]\w+)?)\s+(?:bol|baat)", re.I),
    re.compile(r"(?:^|[,.!]\s*)((?:[A-Za-z][\w.']*\s+){1,2})here\b"),
    re.compile(r"(?:^|[,.!]\s*)((?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?)\s+(?:bol|baat)\s*(?:kar\s+)?(?:raha|rahi|rhe|rha|rhi)\b", re.I),
    # "Main Suresh Nair Kochi se", "Kylie from Corner Pantry here", "Hi, Bronwyn at Saltbush Cafe"
    re.compile(r"\b(?:main|mai|mein)\s+((?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?)\s+\w+\s+se\b", re.I),
    re.compile(r"(?:^|[,.!]\s*)((?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?)\s+(?:from|at|of)\s+[^,.!\n]{2,40}?\s+here\b", re.I),
    re.compile(
        r"^\W*(?:hi|hello|hey|hiya|g'day|gday|morning)\s*[,.!-]+\s*((?-i:[A-Z])\w+(?:\s+(?-i:[A-Z])\w+)?)\s+(?:at|from)\s+(?=(?-i:[A-Z]))",
        re.I,
    ),
    re.compile(r"\b(?:mera naam|my name is)\s+(\w+(?:\s+\w+)?)\s*(?:hai|$|[,.\n])", re.I),
)  # fmt: skip
MEANT_FOR = re.compile(r"\b(?:it's|its|it is|this is|order is|all)\s+for\s+((?-i:[A-Z])\w+\s+(?-i:[A-Z])\w+)", re.I)
SIGNED = re.compile(
    r"^\W*(?:(?:kind|best|warm|many)\s+)?(?:regards|thanks|thank you|thanks a lot|thx|ta|cheers|dhanyavad|"
    r"dhanyawad|shukriya|rgds|"
    r"yours sincerely|sincerely|love|from)(?:\s+(?:so much|again|heaps|a lot|and regards|"
    r"in advance))?\s*[,!.-]*\s*(.*)$",
    re.I,
)
NAME = re.compile(r"(?:(?:Mr|Mrs|Ms|Dr|Shri|Smt|Prof)\.?\s+)?[A-Z][\w'’-]*\.?(?:\s+[A-Z][\w'’-]*\.?){0,3}")
NOT_NAMES = {
    "hi", "hello", "hey", "dear", "order", "please", "pls", "thanks", "address", "namaste", "cod", "upi", "need",
    "send",
    "want", "regards", "cheers", "good", "morning", "sir", "madam", "team", "bhai", "bhaiya", "ji", "the", "we",
    "i", "urgent",
    "delivery", "deliver", "ship", "qty", "paid", "payment", "total", "new", "same", "one", "two", "g'day",
    "gday", "mate",
    "road", "street", "nagar", "india", "australia", "flat", "from", "and", "today", "tomorrow", "asap", "it", "po",
    "vic", "nsw", "qld", "wa", "sa", "tas", "act", "nt", "all", "forward", "looking", "interested", "also",
    "cash", "my", "your",
    "friday", "monday", "tuesday", "wednesday", "thursday", "saturday", "sunday", "hlo", "ok", "yes", "haan",
    "is", "gate",
    "its", "am", "are", "in", "at", "to", "be", "get", "delivering", "live", "right", "over", "around", "enclosed",
}  # fmt: skip

# "Hitesh bhai Patel" is a name as "Hitesh Patel" is.
BETWEEN = re.compile(r"(?<=\w )(?:bhai|bhau|ben|behen)\s+(?=[A-Z])")
POLITE = re.compile(r"\s+(?:ji|bhai|sir|madam|saab|sahab)$", re.I)
IN_FIRMS = {"road", "street", "nagar", "new", "one", "two", "and", "the", "india", "australia", "gate", "order"}


def take_email(lines: list[str]) -> str:
    """The first e-mail address; all are taken out of the lines."""
    found = ""
    for i, line in enumerate(lines):
        for match in EMAIL.findall(line):
            found = found or match.rstrip(".").lower()
        lines[i] = re.sub(EMAIL_LABEL + EMAIL.pattern, " , ", line, flags=re.I) if "@" in line else line
    return found


def take_phone(lines: list[str], country: str) -> str:
    """The first phone number in E.164, of the country or else of the other; all are taken out of the lines."""
    first = ""
    for region in dict.fromkeys((country, "IN", "AU")):
        for i, line in enumerate(lines):
            if sum(c.isdigit() for c in line) < 8:
                continue
            spans = []
            for match in phonenumbers.PhoneNumberMatcher(
                line, region, leniency=phonenumbers.Leniency.VALID, max_tries=40
            ):
                if sum(c.isdigit() for c in match.raw_string) < 8:
                    continue  # 134112 is a short number in Australia, and Panchkula's PIN code
                first = first or phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
                spans.append((match.start, match.end))
            for start, end in reversed(spans):
                head = re.sub(r"(?:^|(?<=\W))" + PHONE_LABEL + r"[\s+(]*$", "", line[:start], flags=re.I)
                line = f"{head} , {line[end:]}"
            lines[i] = line
    return first


def is_name(text: str, signed: bool = False) -> bool:
    """One to four capitalised words, none of them a word of orders or greetings; a signature may name a street."""
    text = POLITE.sub("", text.strip(" .,!-:;~"))
    text = BETWEEN.sub("", text)
    if not 2 < len(text) <= 60 or not NAME.fullmatch(text):
        return False
    return not {w.strip(".,") for w in text.lower().split()} & (NOT_NAMES - IN_FIRMS if signed else NOT_NAMES)


def labelled_name(lines: list[str]) -> str:
    """The name after a label such as "Name:"; it is taken out of the lines."""
    for i, line in enumerate(lines):
        if (found := LABELLED.match(line)) and (name := _until_stop(found[1])):
            lines[i] = found[1][len(name) :].strip(" ,")
            return _nice(name)
    return ""


def meant_for(lines: list[str], is_goods: Says) -> str:
    """ "It's for Priya Raman, 5 Beach Parade": whom it is for, also before the address; it is taken out of the lines."""
    for i, line in enumerate(lines):
        if (found := MEANT_FOR.search(line)) and is_name(found[1]) and not is_goods(found[1]):
            lines[i : i + 1] = [line[: found.start()].strip(" ,"), line[found.end() :].lstrip(" ,.")]
            return _nice(found[1])
    return ""


def said_name(lines: list[str], is_goods: Says) -> str:
    """The name somebody calls themselves by, or signs with; it is taken out of the lines."""
    for pattern in SPOKEN:
        for i, line in enumerate(lines):
            if (found := pattern.search(line)) and (name := _trim(found[1])) and not is_goods(name):
                lines[i] = f"{line[: found.start()]} , {line[found.end() :]}"
                return _nice(name)
    return _signed(lines, is_goods)


def _signed(lines: list[str], is_goods: Says) -> str:
    filled = [i for i, line in enumerate(lines) if line.strip(" ,.")]
    for at in reversed(filled[1:]):
        if (found := SIGNED.match(lines[at])) and (rest := found[1].split(",")[0].strip(" .")):
            if is_name(rest, signed=True) and not is_goods(rest):
                lines[at] = found[1][len(found[1].split(",")[0]) :]
                return _nice(rest)
        elif found and not found[1].strip(" ,.!"):
            after = [j for j in filled if j > at][:1]
            if (
                after
                and is_name(lines[after[0]].split(",")[0], signed=True)
                and not is_goods(lines[after[0]].split(",")[0])
            ):
                name = lines[after[0]].split(",")[0]
                lines[after[0]], lines[at] = "", ""
                return _nice(name)
    for at in reversed(filled[-2:] if len(filled) > 1 else []):
        name = lines[at].strip(" .,-~")
        if is_name(name, signed=True) and not is_goods(name):
            lines[at] = ""
            return _nice(name)
    if (
        filled
        and (
            found := re.search(
                r"(?:\.|!|,|-|~|\bthanks|\bcheers)\s*((?-i:[A-Z])[a-z]+(?: (?-i:[A-Z])[a-z.]*)?)\s*[.,\s]*$",
                lines[filled[-1]],
                re.I,
            )
        )
        and is_name(found[1])
        and not is_goods(found[1])
    ):
        lines[filled[-1]] = lines[filled[-1]][: found.start(1)]
        return _nice(found[1])
    return ""


def sender_name(text: str) -> str:
    """The name of an export's or mail's sender, unless it is a number."""
    text = text.strip(" ~\"'")
    return _nice(text) if text and not re.search(r"\d{4}|@", text) else ""


def fuller(said: str, sender: str) -> str:
    """Who signs “Priya” in a mail of Priya Nair is Priya Nair."""
    return sender if not said or sender.lower().startswith(f"{said.lower()} ") else said


def _until_stop(text: str) -> str:
    return re.split(r"[,;(\n]|\s-\s|\b(?:address|addr|phone|mobile|mob|ph|pin|email)\b", text, maxsplit=1, flags=re.I)[
        0
    ].strip(" .,")[:60]


def _trim(text: str) -> str:
    """The words up to the first that is no name."""
    kept: list[str] = []
    for word in text.strip(" .,!-").split():
        if word.lower().strip(".,") in NOT_NAMES:
            break
        kept.append(word)
    return " ".join(kept)


def _nice(name: str) -> str:
    name = POLITE.sub("", re.sub(r"\s+", " ", name).strip(" .,-"))
    return name.title() if name == name.lower() or (name == name.upper() and len(name) > 3) else name


def first_of(values: Sequence[str]) -> str:
    return next((v for v in values if v), "")
