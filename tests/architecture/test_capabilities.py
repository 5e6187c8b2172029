"""docs/capabilities.md claims only what a test file stands for."""

import re
from collections import Counter
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
Rows = list[tuple[str, str, str, str]]


def rows_of(text: str) -> Rows:
    """(id, what, where, tests) of each row of the table."""
    cells = [[c.strip() for c in line.strip().strip("|").split("|")] for line in text.splitlines()]
    return [(c[0], c[1], c[2], c[3]) for c in cells if len(c) == 4 and re.fullmatch(r"[A-Z]{2}-\d{2}", c[0])]


def faults(text: str) -> list[str]:
    rows = rows_of(text)
    named = re.findall(r"^\| ?[A-Z]{2}-\d+", text, re.M)
    found = [] if len(named) == len(rows) else ["a row has not exactly four cells"]
    found += [f"{code} stands there {n} times" for code, n in Counter(row[0] for row in rows).items() if n > 1]
    for code, _, where, tests in rows:
        paths = [path for path in tests.split(", ") if path]
        found += [
            f"{code}: no test {p}" for p in paths if not re.fullmatch(r"tests/\S+\.py", p) or not (BASE / p).is_file()
        ]
        if not paths and "not yet" not in where:
            found.append(f"{code}: no test and no “not yet”")
    return found


def test_every_row_names_its_test_or_says_not_yet():
    text = (BASE / "docs" / "capabilities.md").read_text()
    assert len(rows_of(text)) > 200
    assert faults(text) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "| CH-01 | a | b | tests/none.py |",
        "| CH-01 | a | b | tests/orders |",
        "| CH-01 | a | b | |",
        "| CH-01 | a | not yet |",
        "| CH-01 | a | not yet | |\n| CH-01 | a | not yet | |",
    ],
)
def test_negative_control_a_wrong_row_is_noticed(wrong):
    assert len(faults(wrong)) == 1


def test_every_known_fault_names_a_test_that_exists():
    text = (BASE / "docs" / "capabilities.md").read_text().partition("## Faults that")[2]
    assert len(re.findall(r"^\| \d+", text, re.M)) == 24  # 18 and 19 share a row
    named = re.findall(r"(tests/\S+\.py)::(\w+)", text)
    assert [f"{path}::{name}" for path, name in named if f"def {name}(" not in (BASE / path).read_text()] == []
