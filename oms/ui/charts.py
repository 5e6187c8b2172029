"""Geometry for server-rendered charts: plain numbers in, coordinates of a 300 by 100 box out. No script, no style."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 300, 100
Number = int | float


@dataclass(frozen=True)
class Bar:
    """One row of a ranked list (ui/_bars.html). `value` sets the length, `words` is what people read."""

    label: str
    value: Number
    words: str
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Figure:
    """One number of a strip (ui/_figures.html); every figure links to the list behind it."""

    label: str
    value: str | int
    url: str
    sub: str = ""
    unit: str = ""
    icon: str = ""
    tone: str = ""


@dataclass
class Chart:
    """What ui/_chart.html draws: coordinates for the eye, `table` for everybody else."""

    title: str
    labels: list[str]
    bars: list[dict[str, Number]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    area: str = ""
    ticks: list[dict] = field(default_factory=list)
    key: list[dict[str, str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    table: list[list] = field(default_factory=list)

    @property
    def axis(self) -> list[str]:
        """At most five labels under the plot, first and last always among them."""
        n = len(self.labels)
        if n <= 5:
            return self.labels
        return [self.labels[round(i * (n - 1) / 4)] for i in range(5)]


def bar_chart(
    title: str, labels: Sequence[str], bars: tuple[str, Sequence[Number]], *, line: tuple | None = None,
    goal: Number | None = None, unit: str = "",
) -> Chart:  # fmt: skip
    """Bars, and optionally one dark line over their middles. `bars` and `line` are (name, values)."""
    series = [bars] + ([line] if line else [])
    chart, top = _frame(title, labels, series, goal, unit)
    step = WIDTH / max(len(labels), 1)
    chart.bars = [
        {"x": round((i + 0.14) * step, 2), "w": round(step * 0.72, 2), "y": y, "h": round(HEIGHT - y, 2)}
        for i, y in enumerate(_y(value, top) for value in bars[1])
    ]
    chart.key = [{"kind": "bar", "name": bars[0]}]
    if line:
        chart.lines = [_path([(i * step + step / 2, _y(v, top)) for i, v in enumerate(line[1])])]
        chart.key.append({"kind": "line", "name": line[0]})
    return chart


def line_chart(
    title: str, labels: Sequence[str], line: tuple[str, Sequence[Number | None]], *, upper: tuple | None = None,
    goal: Number | None = None, unit: str = "",
) -> Chart:  # fmt: skip
    """One dark line, and optionally the paper-toned band from it up to `upper`. None is a gap, never zero."""
    series = [line] + ([upper] if upper else [])
    chart, top = _frame(title, labels, series, goal, unit)
    step = WIDTH / max(len(labels) - 1, 1)
    runs = _runs(line[1])
    low = [[(i * step, _y(line[1][i], top)) for i in run] for run in runs]
    chart.lines = [_path(points) for points in low]
    chart.key = [{"kind": "line", "name": line[0]}]
    if upper:
        high = [[(i * step, _y(upper[1][i], top)) for i in run] for run in runs]
        chart.area = " ".join(_path(h + b[::-1]) + "z" for h, b in zip(high, low, strict=True) if len(h) > 1)
        chart.key.append({"kind": "area", "name": upper[0]})
    return chart


def lengths(values: Sequence[Number]) -> list[int]:
    """Whole per cents of the largest value; anything above zero shows at least 1."""
    top = max(values, default=0)
    return [max(1, round(v * 100 / top)) if v > 0 else 0 for v in values] if top > 0 else [0] * len(values)


def shares(values: Sequence[Number]) -> list[int]:
    """Whole per cents of the sum; anything above zero shows at least 1."""
    total = sum(values)
    return [max(1, round(v * 100 / total)) if v > 0 else 0 for v in values] if total > 0 else [0] * len(values)


def _frame(
    title: str, labels: Sequence[str], series: list[tuple], goal: Number | None, unit: str
) -> tuple[Chart, Number]:
    top = _round_up(max([*(v for _, values in series for v in values if v is not None), goal or 0, 1]))
    marks = [top, top / 2] if goal is None else [top, goal]
    ticks = [{"at": round(m * 100 / top), "words": f"{m:g}{unit}", "goal": m == goal} for m in dict.fromkeys(marks)]
    rows = [
        [label, *("–" if values[i] is None else values[i] for _, values in series)] for i, label in enumerate(labels)
    ]
    return Chart(title, list(labels), ticks=ticks, head=["", *(name for name, _ in series)], table=rows), top


def _round_up(value: Number) -> Number:
    """The next 1, 2, 4, 5, 6 or 8 times a power of ten, so that the axis and its half read well."""
    scale = 10 ** math.floor(math.log10(value))
    return next(m * scale for m in (1, 2, 4, 5, 6, 8, 10) if m * scale >= value)


def _y(value: Number, top: Number) -> float:
    return round(HEIGHT - value / top * HEIGHT, 2)


def _runs(values: Sequence[Number | None]) -> list[list[int]]:
    """Places of values that follow one another without a gap."""
    runs: list[list[int]] = [[]]
    for i, value in enumerate(values):
        if value is not None:
            runs[-1].append(i)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run] or [[]]


def _path(points: list[tuple[float, float]]) -> str:
    drawn = "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) if points else ""
    return f"{drawn} h0" if len(points) == 1 else drawn  # alone between two gaps: a dot, by its round ends
