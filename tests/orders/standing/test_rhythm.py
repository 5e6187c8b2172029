"""On which days a rhythm falls."""

from datetime import date, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from orders.standing.rhythm import Rhythm


def days(rhythm: Rhythm, start: date, count: int) -> list[str]:
    return [day.isoformat() for day in islice(rhythm.days(start), count)]


def test_every_second_tuesday_is_counted_from_the_first_one():
    rhythm = Rhythm("week", 2, 1, date(2026, 3, 4))
    assert days(rhythm, date(2026, 3, 1), 3) == ["2026-03-10", "2026-03-24", "2026-04-07"]
    assert days(rhythm, date(2026, 3, 11), 1) == ["2026-03-24"]


def test_a_month_without_the_day_takes_its_last_one_and_the_next_month_its_own_again():
    rhythm = Rhythm("month", 1, 31, date(2026, 1, 31))
    assert days(rhythm, date(2026, 1, 1), 4) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert days(Rhythm("month", 1, 29, date(2028, 2, 1)), date(2028, 2, 1), 1) == ["2028-02-29"]


def test_every_quarter_and_over_the_end_of_a_year():
    rhythm = Rhythm("month", 3, 5, date(2026, 11, 6))
    assert days(rhythm, date(2026, 1, 1), 3) == ["2026-12-05", "2027-03-05", "2027-06-05"]


def test_nothing_comes_after_the_last_day():
    rhythm = Rhythm("week", 1, 0, date(2026, 3, 2), date(2026, 3, 16))
    assert days(rhythm, date(2026, 3, 3), 9) == ["2026-03-09", "2026-03-16"]
    assert rhythm.next_day(date(2026, 3, 17)) is None


def test_it_says_itself_in_words():
    assert Rhythm("week", 1, 0, date(2026, 3, 2)).words() == "every week on Monday"
    assert Rhythm("week", 2, 4, date(2026, 3, 2)).words() == "every 2 weeks on Friday"
    assert Rhythm("month", 1, 31, date(2026, 3, 2)).words() == "every month on the 31st, or the last day"


RHYTHMS = st.one_of(
    st.builds(
        Rhythm, st.just("week"), st.integers(1, 52), st.integers(0, 6), st.dates(date(2020, 1, 1), date(2030, 1, 1))
    ),
    st.builds(
        Rhythm, st.just("month"), st.integers(1, 52), st.integers(1, 31), st.dates(date(2020, 1, 1), date(2030, 1, 1))
    ),
)


@given(RHYTHMS, st.integers(0, 4000))
def test_starting_later_leaves_out_days_and_changes_none(rhythm, later):
    """The short cut to a far day gives what walking there gives."""
    start = rhythm.starts_on + timedelta(days=later)
    walked = [day for day in islice(rhythm.days(rhythm.starts_on), 390) if day >= start][:3]
    if len(walked) == 3:
        assert list(islice(rhythm.days(start), 3)) == walked
