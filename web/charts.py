"""Pictures of figures as plain geometry, for templates that draw them in SVG. Pure.

Units are those of the viewBox, which is as wide as an owner's telephone shows it, so that what is written in a picture
can be read there. Every picture stands beside a table with the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH = 360
LEFT = 30  # where the scale or the names of the days stand
BARS_TOP, BARS_HEIGHT = 8, 120
LABELS_MOST = 6
CELL_HEIGHT, HEAT_TOP = 20, 16
SHADES = 5


@dataclass(frozen=True)
class Bar:
    """A column: its parts from below, as (y, height), and the middle of its foot; label is "" where none has room."""

    x: float
    width: float
    parts: tuple[tuple[float, float], ...]
    middle: float
    label: str


@dataclass(frozen=True)
class Bars:
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]  # of the scale: y, value
    foot: float
    height: float


@dataclass(frozen=True)
class HeatCell:
    x: float
    y: float
    width: float
    shade: int  # 0 nothing, up to SHADES
    key: tuple[int, int]  # weekday, hour


@dataclass(frozen=True)
class Heat:
    cells: tuple[HeatCell, ...]
    hours: tuple[tuple[float, int], ...]  # x, hour
    days: tuple[tuple[float, int], ...]  # y, weekday
    height: float


def bars(columns: Sequence[tuple[str, Sequence[int]]]) -> Bars:
    """Columns of stacked numbers, each with its label."""
    top = _round_up(max([sum(parts) for _, parts in columns], default=0))
    foot, step = BARS_TOP + BARS_HEIGHT, (WIDTH - LEFT) / max(1, len(columns))
    every = -(-len(columns) // LABELS_MOST)
    drawn = tuple(
        Bar(
            x=_short(LEFT + number * step + step * 0.1),
            width=_short(step * 0.8),
            parts=_stacked(parts, foot, top),
            middle=_short(LEFT + (number + 0.5) * step),
            label=label if number % every == every // 2 else "",
        )
        for number, (label, parts) in enumerate(columns)
    )
    lines = tuple((_short(foot - BARS_HEIGHT * value / top), value) for value in (top // 2, top))
    return Bars(drawn, lines, foot, foot + 18)


def _stacked(parts: Sequence[int], foot: float, top: int) -> tuple[tuple[float, float], ...]:
    placed, y = [], float(foot)
    for part in parts:
        height = BARS_HEIGHT * part / top
        y -= height
        placed.append((_short(y), _short(height)))
    return tuple(placed)


def _round_up(number: int) -> int:
    """The next even, round number: the top of a scale."""
    step = 2
    while step * 10 < number:
        step *= 10
    return max(2, -(-number // step) * step)


def heat(values: Mapping[tuple[int, int], float]) -> Heat:
    """Hours of the week, Monday above; only the hours between the first and the last in which there is anything."""
    used = [hour for (_, hour), value in values.items() if value]
    hours = range(min(used, default=9), max(used, default=17) + 1)
    width, most = (WIDTH - LEFT) / len(hours), max(values.values(), default=0)
    cells = tuple(
        HeatCell(
            _short(LEFT + place * width), HEAT_TOP + day * CELL_HEIGHT, _short(width - 1.5),
            _shade(values.get((day, hour), 0), most), (day, hour),
        )
        for day in range(7)
        for place, hour in enumerate(hours)
    )  # fmt: skip
    every = 1 if len(hours) <= 14 else 2
    named = tuple((_short(LEFT + (place + 0.5) * width), hour) for place, hour in enumerate(hours) if not place % every)
    days = tuple((HEAT_TOP + day * CELL_HEIGHT + CELL_HEIGHT * 0.7, day) for day in range(7))
    return Heat(cells, named, days, HEAT_TOP + 7 * CELL_HEIGHT)


def _shade(value: float, most: float) -> int:
    return -(-round(value * 1000) * SHADES // max(1, round(most * 1000))) if value else 0


def _short(number: float) -> float:
    return round(number, 1)
