"""Words that people put on orders to find them again. Pure: the same word in upper or lower case is one tag."""

from collections.abc import Iterable, Sequence

from oms.kernel.errors import Refused

LONGEST = 40
MOST = 20


def tag_term(tag: str) -> str:
    """What a tag is found by, apart from names and SKUs that read the same; without NUL, which no text in the database has."""
    return f"tag:{_tidy(tag.replace(chr(0), '')).lower()}"


def tag_terms(tags: Iterable[str]) -> list[str]:
    return [tag_term(tag) for tag in tags]


def read_tag(text: str) -> str:
    """One tag as it is kept. Refuses an empty one, one over LONGEST characters, and a comma, which parts tags in files."""
    tag = _tidy(text)
    if not tag:
        raise Refused("tag_empty", "Type the tag first.")
    if len(tag) > LONGEST:
        raise Refused("tag_too_long", f"A tag holds {LONGEST} characters; this one has {len(tag)}. Shorten it.")
    if "," in tag or "\x00" in tag:
        raise Refused("tag_unreadable", "A tag has no comma and no invisible character; give each tag by itself.")
    return tag


def changed(tags: Sequence[str], add: Iterable[str], remove: Iterable[str]) -> list[str]:
    """`tags` without those of `remove` and with those of `add` that are not there yet, in their order."""
    gone = {_tidy(tag).lower() for tag in remove}
    kept = {tag.lower(): tag for tag in tags if tag.lower() not in gone}
    for tag in map(read_tag, add):
        kept.setdefault(tag.lower(), tag)
    return list(kept.values())


def _tidy(text: str) -> str:
    return " ".join(text.split())
