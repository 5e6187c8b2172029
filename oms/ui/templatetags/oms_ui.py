"""Every tag and filter of the screens: builtins, so templates load nothing. docs/ui.md lists them with examples."""

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from oms.kernel.clock import now
from oms.kernel.countries import country_name
from oms.kernel.money import MINUS, format_money
from oms.ui import charts, words
from oms.ui.fields import dressed
from oms.ui.kept import Kept
from oms.ui.states import look

register = template.Library()

# Pages draw the same few signs and words hundreds of times. `typed`: text marked safe and plain text never share an entry.
remembered = lru_cache(maxsize=2048, typed=True)

_pieces = Kept(512)

NOTHING = mark_safe('<span class="faint">–</span>')
OPTIONAL = mark_safe(' <span class="faint">optional</span>')
TONE_ICONS = {"late": "block", "wait": "clock", "done": "check"}


@register.simple_tag
@remembered
def icon(name: str, css: str = "icon") -> SafeString:
    """`{% icon "print" %}`: a decorative symbol; the words beside it carry the meaning."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', css, name)


@register.simple_tag
@remembered
def glyph(ref: str) -> SafeString:
    """`{% glyph "f-picking" %}`: a state shape alone, for tracks."""
    return format_html('<svg class="glyph" aria-hidden="true"><use href="#{}"/></svg>', ref)


@register.simple_tag
@remembered
def state(track: str, code: str, label: str = "", tone: str | None = None) -> SafeString:
    """`{% state "payment" order.payment_status %}`: shape, word and tone of a code (tracks: see oms.ui.states)."""
    family, seen = look(track, code)
    tone = seen.tone if tone is None else tone
    return format_html(
        '<span class="state"{}{}>{}<span><span class="vh">{}: </span>{}</span></span>',
        _attr("data-track", family.shape),
        _attr("data-tone", tone),
        glyph(seen.glyph) if seen.glyph else "",
        family.says,
        label or seen.word,
    )


@register.simple_tag
@remembered
def stage(key: str, label: str = "", tone: str = "") -> SafeString:
    """`{% stage order.stage order.stage_label order.stage_tone %}`: the staff's word for where an order is."""
    sign = icon(TONE_ICONS[tone], "glyph") if tone in TONE_ICONS else ""
    return format_html(
        '<span class="state" data-stage="{}"{}>{}<span>{}</span></span>',
        key,
        _attr("data-tone", tone),
        sign,
        label or key.replace("_", " ").capitalize(),
    )


@register.simple_tag(name="tag")
def tinted(text: str, tone: str = "", sign: str = "") -> SafeString:
    """`{% tag "Late 1 d" "late" "late" %}`: only when someone must look; one a row at most."""
    return format_html('<span class="tag"{}>{}{}</span>', _attr("data-tone", tone), icon(sign) if sign else "", text)


@register.simple_tag
def who(name: str = "", team: str = "") -> SafeString:
    """`{% who order.owner_name order.owner_team_label %}`: a person, or "No owner" in bold with the team."""
    if name:
        return format_html('<span class="who"><span class="face" aria-hidden="true">{}</span>{}</span>', name[:2], name)
    told = format_html("<b>No owner</b>, {}", team) if team else mark_safe("<b>No owner</b>")
    return format_html('<span class="who" data-none><span class="face" aria-hidden="true">?</span>{}</span>', told)


@register.simple_tag
def meter(gone: int = 0, have: int = 0, incoming: int = 0, short: int = 0, left: int = 0, size: str = "") -> SafeString:
    """`{% meter have=84 short=12 %}`: quantities as one bar; always beside the number, so hidden from readers."""
    amounts = [amount or 0 for amount in (gone, have, incoming, short, left)]  # templates give "" for what is missing
    parts = zip(("gone", "", "in", "short", "left"), charts.shares(amounts), strict=True)
    bars = format_html_join("", '<i{} data-v="{}"></i>', ((_attr("data-part", p), min(v, 100)) for p, v in parts if v))
    return format_html('<span class="meter"{} aria-hidden="true">{}</span>', _attr("data-size", size), bars)


@register.inclusion_tag("ui/_sla.html")
def sla(due: datetime, started: datetime, verb: str = "due") -> dict[str, Any]:
    """`{% sla task.due_at task.since %}`: words first, bar second; amber in the last quarter, then red."""
    span, late = words.left(due)
    whole = max((due - started).total_seconds(), 1)
    run = 100 if late else min(100, max(0, round(100 - span.total_seconds() * 100 / whole)))
    tone = "late" if late else "wait" if run >= 75 else ""
    said = f"Late {words.duration(span)}" if late else f"{words.duration(span)} left"
    at = words.moment(due).removeprefix("Today ")
    return {"words": said, "due": f"{'was' if late else verb} {at}", "run": run, "tone": tone}


@register.simple_tag
def field(bound: BoundField, mark: bool = True) -> SafeString:
    """`{% field form.reason %}`: label, control, hint, error in that order; mark=False leaves out "optional"."""
    control, words_for = dressed(bound), bound.id_for_label
    if bound.is_hidden:
        return control
    notes = _field_notes(bound)
    if bound.widget_type == "checkbox":
        return format_html(
            '<div class="field"><label class="check" for="{}">{}{}</label>{}</div>',
            words_for,
            control,
            bound.label,
            notes,
        )
    if bound.use_fieldset:
        described = _attr("aria-describedby", f"{bound.auto_id}-error" if bound.errors else "")
        choices = ((option.id_for_label, option.tag(), option.choice_label) for option in bound)
        options = format_html_join("", '<label class="check" for="{}">{}{}</label>', choices)
        return format_html(
            '<fieldset class="field"{}><legend>{}</legend>{}{}</fieldset>', described, bound.label, options, notes
        )
    optional = OPTIONAL if mark and not bound.field.required else ""
    return format_html(
        '<div class="field"><label for="{}">{}{}</label>{}{}</div>', words_for, bound.label, optional, control, notes
    )


@register.inclusion_tag("ui/_chart.html")
def bar_chart(title: str, labels: list, bars: tuple, line: tuple | None = None, goal=None, unit: str = "") -> dict:
    """`{% bar_chart "Orders a day" days placed line=sent %}`; a series is (name, values)."""
    return {"chart": charts.bar_chart(title, labels, bars, line=line, goal=goal, unit=unit)}


@register.inclusion_tag("ui/_chart.html")
def line_chart(title: str, labels: list, line: tuple, upper: tuple | None = None, goal=None, unit: str = "") -> dict:
    """`{% line_chart "Turnaround" days median upper=p90 goal=24 unit=" h" %}`."""
    return {"chart": charts.line_chart(title, labels, line, upper=upper, goal=goal, unit=unit)}


@register.inclusion_tag("ui/_bars.html")
def bars(rows: list[charts.Bar], labels: str = "") -> dict:
    """`{% bars rows %}` with oms.ui.charts.Bar rows: ranked shares. labels="wide" widens the first column."""
    return {"rows": list(zip(rows, charts.lengths([r.value for r in rows]), strict=True)), "labels": labels}


@register.filter
def money(amount: Decimal | None, currency: str) -> SafeString | str:
    """`{{ order.total|money:order.currency }}`: ₹1,60,199.16; a dash when there is no amount."""
    return NOTHING if amount is None else _money(amount, currency, unit_price=False)


@register.filter
def unit_money(amount: Decimal | None, currency: str) -> SafeString | str:
    """`{{ line.unit_price|unit_money:order.currency }}`: like money, but keeps up to four decimals."""
    return NOTHING if amount is None else _money(amount, currency, unit_price=True)


@register.filter
def country(code: str | None) -> str:
    """`{{ address.country|country }}`: India."""
    return country_name(code)


@register.filter
def signed(number: int | None, always: bool = False) -> str:
    """`{{ level.available|signed }}`: −2 with a real minus sign; `signed:True` shows a plus as well."""
    return "" if number is None else f"{number:+d}".replace("-", MINUS) if always else str(number).replace("-", MINUS)


@register.filter
def duration(span: timedelta | None) -> str:
    """`{{ rest|duration }}`: "2 h 02 m"."""
    return "" if span is None else words.duration(span)


@register.filter
def since(at: datetime | None) -> SafeString | str:
    """`{{ order.stage_since|since }}`: how long ago, "1 d 20 h", with the moment as its title."""
    return "" if at is None else _time(at, words.duration(now() - at))


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """`{{ event.at|ago }}`: "42 m ago"."""
    return "" if at is None else _time(at, f"{words.duration(now() - at)} ago")


@register.filter
def moment(at: datetime | date | None) -> SafeString | str:
    """`{{ order.placed_at|moment }}`: "Today 14:00" or "Tue 17 Mar, 15:20"."""
    return NOTHING if at is None else _time(at, words.moment(at))


@register.filter
def brief(at: datetime | None) -> SafeString | str:
    """`{{ order.placed_at|brief }}`: "Today 14:00" or "17 Mar 15:20", for narrow columns; the title has the rest."""
    return NOTHING if at is None else _time(at, words.brief(at))


@register.filter
def due(at: datetime | date | None) -> str:
    """`{{ order.promised_on|due }}`: "2 h left", "Late 3 h", "due today"."""
    if at is None:
        return ""
    span, late = words.left(at)
    if not isinstance(at, datetime) and not span:
        return "due today"
    return f"Late {words.coarse(span)}" if late else f"{words.coarse(span)} left"


@register.filter
def is_late(at: datetime | date | None) -> bool:
    """`{% if order.due_at|is_late %}`: whether the moment, or the whole business day, has passed."""
    return at is not None and words.left(at)[1]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """`href="{% query sort="total" after=None %}"`: this page's address with parameters changed; None removes one."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return f"?{params.urlencode()}" if params else "?"


@register.simple_tag(takes_context=True)
def kept(context: template.Context, name: str, *drawn_from: Any) -> SafeString:
    """`{% kept "shell/_keys.html" shell.rail %}`: an include that is drawn once for the same values.

    The template may read nothing but those values and what never changes: no request, no csrf_token, no now.
    """
    return _pieces.piece((name, drawn_from), lambda: context.template.engine.get_template(name).render(context))


def _field_notes(bound: BoundField) -> SafeString:
    hint = (
        format_html('<span class="hint" id="{}-hint">{}</span>', bound.auto_id, bound.help_text)
        if bound.help_text
        else ""
    )
    if not bound.errors:
        return mark_safe(hint)  # noqa: S308  escaped above
    said = " ".join(str(e) for e in bound.errors)
    return format_html('{}<span class="error" id="{}-error">{}{}</span>', hint, bound.auto_id, icon("alert"), said)


def _money(amount: Decimal, currency: str, *, unit_price: bool) -> str:
    try:
        return format_money(Decimal(amount), currency, unit_price=unit_price)
    except (InvalidOperation, TypeError) as wrong:
        raise template.TemplateSyntaxError(f"{amount!r} is not an amount of money") from wrong


def _time(at: datetime | date, said: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', words.machine(at), words.stamp(at), said)


def _attr(name: str, value: str) -> SafeString | str:
    return format_html(' {}="{}"', name, value) if value else ""
