"""docs/imports.md names every column of our own layout and every format, and no other."""

import re
from pathlib import Path

from orders.channels.generic import COLUMNS
from orders.channels.registry import FORMATS

TEXT = (Path(__file__).parents[3] / "docs" / "imports.md").read_text(encoding="utf-8")


def named_in(section: str) -> set[str]:
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return set(re.findall(r"`(\w+)`", " ".join(rows)))


def test_the_layout_and_the_formats_are_described():
    before, _, after = TEXT.partition("## Our own layout")
    assert named_in(before) == set(FORMATS)
    assert named_in(after) == set(COLUMNS)
