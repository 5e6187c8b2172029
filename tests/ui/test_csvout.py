"""CSV: text can never become a formula, numbers stay numbers."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from oms.kernel.csvout import BOM, cell, guarded, stream


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert guarded(f"{start}1+1") == f"'{start}1+1"
    assert guarded(f"  {start}1+1").startswith("'")


def test_a_nul_is_guarded_and_removed():
    assert guarded("\0=1") == "'=1"
    assert guarded("a\0b") == "ab"


def test_ordinary_text_is_left_alone():
    assert guarded("O'Brien - Sons") == "O'Brien - Sons"
    assert guarded("") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("-12.50"), "-12.50"),
        (Decimal("1E+3"), "1000"),
        (-3, "-3"),
        (None, ""),
        (True, "yes"),
        ("-12.50", "'-12.50"),
    ],
)
def test_numbers_stay_numbers_and_text_does_not_become_one(value, text):
    assert cell(value) == text


def test_moments_are_in_the_business_zone(settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    assert cell(datetime(2026, 3, 19, 6, 28, tzinfo=UTC)) == "2026-03-19 11:58+05:30"


def test_a_stream_reads_back_as_the_same_table():
    text = "".join(stream(["Order", "Customer"], [["SO-1", 'Say "hi", twice'], ["SO-2", "two\nlines"]]))
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert rows == [["Order", "Customer"], ["SO-1", 'Say "hi", twice'], ["SO-2", "two\nlines"]]
