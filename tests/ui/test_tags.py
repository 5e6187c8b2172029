"""Tags and filters: what the screens say about states, money and time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.forms import CharField, Form, IntegerField
from django.template import Context, engines
from django.test import RequestFactory

from oms.ui import charts, states, words
from oms.ui.templatetags import oms_ui

NOON = datetime(2026, 3, 19, 6, 28, tzinfo=UTC)  # Thu 19 Mar 2026, 11:58 in Kolkata


@pytest.fixture(autouse=True)
def _kolkata(settings, monkeypatch):
    settings.TIME_ZONE = "Asia/Kolkata"
    monkeypatch.setattr(words, "now", lambda: NOON)
    monkeypatch.setattr(oms_ui, "now", lambda: NOON)


def render(source: str, **context) -> str:
    return engines["django"].from_string(source).template.render(Context(context)).strip()


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=42), "42 m"),
        (timedelta(hours=2, minutes=2), "2 h 02 m"),
        (timedelta(days=1, hours=20, minutes=5), "1 d 20 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=12, hours=3), "12 d"),
        (timedelta(minutes=-42), "42 m"),
        (timedelta(days=364), "364 d"),
        (timedelta(days=6530), "17 y"),
    ],
)
def test_durations_have_two_units_at_most_and_do_not_break(span, said):
    assert words.duration(span) == said.replace(" ", "\u00a0")


def test_late_by_years_numbers_below_zero_and_countries_are_said_as_people_write_them():
    assert words.coarse(timedelta(days=6530)) == "17\u00a0y"
    shown = render(
        "{{ a|signed }} {{ b|signed:True }} {{ c|country }} {{ d|country }}", a=-2, b=3, c="IN", d="Atlantis"
    )
    assert shown == "\u22122 +3 India Atlantis"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 19, 8, 30, tzinfo=UTC), "Today 14:00"),
        (datetime(2026, 3, 18, 18, 45, tzinfo=UTC), "Today 00:15"),
        (datetime(2026, 3, 17, 9, 50, tzinfo=UTC), "Tue 17 Mar, 15:20"),
        (datetime(2025, 3, 17, 9, 50, tzinfo=UTC), "Mon 17 Mar 2025, 15:20"),
        (date(2026, 3, 20), "Fri 20 Mar"),
        (date(2026, 3, 19), "Today"),
    ],
)
def test_moments_are_said_in_the_business_day(at, said):
    assert words.moment(at) == said


def test_a_moment_carries_its_machine_form_and_full_date():
    html = render("{{ at|moment }}", at=datetime(2026, 3, 17, 9, 50, tzinfo=UTC))
    assert 'datetime="2026-03-17T15:20+05:30"' in html
    assert 'title="Tuesday 17 March 2026, 15:20 IST"' in html


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOON + timedelta(hours=2, minutes=59), "2 h left"),
        (NOON - timedelta(hours=3, minutes=1), "Late 3 h"),
        (date(2026, 3, 19), "due today"),
        (date(2026, 3, 21), "2 d left"),
        (date(2026, 3, 18), "Late 1 d"),
    ],
)
def test_a_promise_says_how_far_it_is(at, said):
    assert oms_ui.due(at) == said.replace(" d", "\u00a0d").replace(" h", "\u00a0h").replace("due\u00a0", "due ")


def test_payment_is_a_circle_and_fulfilment_a_square():
    payment, fulfilment = render('{% state "payment" "paid" %}'), render('{% state "fulfilment" "packed" %}')
    assert 'data-track="pay"' in payment
    assert 'data-tone="done"' in payment
    assert "#p-paid" in payment
    assert '<span class="vh">Payment: </span>Paid' in payment
    assert 'data-track="ful"' in fulfilment
    assert "data-tone" not in fulfilment


def test_a_code_nobody_drew_reads_as_its_own_words():
    assert "Waiting for godot" in render('{% state "payment" "waiting_for_godot" %}')


@pytest.mark.parametrize("track", states.TRACKS.values(), ids=list(states.TRACKS))
def test_every_glyph_is_in_the_sprite_and_has_the_shape_of_its_track(track):
    sprite = render('{% include "ui/_icons.html" %}')
    for seen in track.looks.values():
        assert not seen.glyph or f'id="{seen.glyph}"' in sprite
        assert not seen.glyph or seen.glyph[0] == track.shape[0]


def test_hostile_text_is_escaped_everywhere():
    html = render('{% tag t "late" %}{% who t %}{% stage t t %}{% state "order" t t %}', t="<b>x</b>")
    assert "<b>x" not in html


def test_money_and_its_absence():
    assert render("{{ a|money:c }}", a=Decimal("160199.16"), c="INR") == "₹1,60,199.16"
    assert "faint" in render("{{ a|money:c }}", a=None, c="INR")


def test_a_meter_is_whole_and_shows_the_smallest_part():
    html = render("{% meter have=9999 short=1 %}")
    assert html.count("<i") == 2
    assert 'data-part="short" data-v="1"' in html


@pytest.mark.parametrize(("hours", "tone"), [(8, ""), (1, ' data-tone="wait"'), (-1, ' data-tone="late"')])
def test_a_countdown_turns_amber_in_its_last_quarter_then_red(hours, tone):
    due = NOON + timedelta(hours=hours)
    html = render("{% sla due start %}", due=due, start=NOON - timedelta(hours=7))
    assert f'<span class="sla"{tone}>' in html


def test_a_wrong_field_names_its_error_for_readers():
    class Sample(Form):
        quantity = IntegerField(help_text="Whole pieces")
        note = CharField(required=False)

    html = render("{% field form.quantity %}", form=Sample({"quantity": "12.5"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_quantity-hint id_quantity-error"' in html
    assert 'id="id_quantity-error"' in html
    assert "optional" in render("{% field form.note %}", form=Sample())
    assert "optional" not in render("{% field form.note mark=False %}", form=Sample())


def test_links_keep_the_rest_of_the_address():
    request = RequestFactory().get("/orders/?view=late&after=xyz&channel=web")
    assert render('{% query sort="total" after=None %}', request=request) == "?view=late&amp;channel=web&amp;sort=total"


def test_a_chart_has_a_table_and_no_style():
    html = render(
        '{% bar_chart "Orders a day" days bars line=line %}',
        days=["Mon", "Tue"], bars=("Placed", [4, 0]), line=("Sent", [1, 3]),
    )  # fmt: skip
    assert "style=" not in html
    assert '<th scope="row">Tue</th>' in html
    assert html.count("<rect") == 2


@pytest.mark.parametrize("values", [[], [0, 0, 0]])
def test_a_chart_of_nothing_is_flat(values):
    drawn = charts.line_chart("Nothing", ["a"] * len(values), ("None", values))
    assert all("nan" not in line for line in drawn.lines)
    assert charts.lengths(values) == [0] * len(values)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 17, 9, 50, tzinfo=UTC), "17 Mar 15:20"),
        (datetime(2026, 3, 18, 4, 0, tzinfo=UTC), "Today 09:30"),
        (datetime(2025, 12, 1, 4, 0, tzinfo=UTC), "1 Dec 2025"),
    ],
)
def test_a_narrow_column_says_the_moment_briefly(at, said):
    assert words.brief(at, datetime(2026, 3, 18, 12, 0, tzinfo=UTC)) == said


def test_a_gap_in_a_line_is_drawn_as_a_gap_and_a_day_alone_as_a_dot():
    drawn = charts.line_chart(
        "Hours", list("abcde"), ("Median", [4, 2, None, 3, None]), upper=("Slow", [8, 4, None, 6, None])
    )
    assert len(drawn.lines) == 2
    assert drawn.lines[1].endswith("h0")
    assert drawn.area.count("M") == 1
    assert [row[1] for row in drawn.table] == [4, 2, "–", 3, "–"]


def test_a_kept_include_is_drawn_once_for_the_same_values_and_anew_for_others():
    say = '{% kept "ui/_notice.html" text tone %}'
    first = render(say, text="Saved.", tone="done")
    assert "Saved." in first
    assert render(say, text="Saved.", tone="done") == first
    assert "Gone." in render(say, text="Gone.", tone="done")
    # What it reads besides its values is as it was when it was drawn: that is the promise a template makes.
    assert render('{% kept "ui/_notice.html" tone %}', text="one", tone="late") == render(
        '{% kept "ui/_notice.html" tone %}', text="two", tone="late"
    )
