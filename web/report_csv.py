"""A report as a file for a spreadsheet: a line for each shop and day with every figure, made as web/call_csv.py says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_babel import lazy_gettext as _l

from calls.counting import Counts
from calls.service_level import Report
from web.call_csv import BYTE_ORDER_MARK, line
from web.report_words import FIGURES, Figure

HEADS = (_l("Date"), _l("Shop"), *(figure.title for figure in FIGURES))


def lines(report: Report, names: Mapping[int, str]) -> Iterator[str]:
    """The file, a line at a time; a day without a call has none."""
    yield BYTE_ORDER_MARK + line(HEADS)
    for (day, shop), counts in report.shop_days.items():
        yield line((day, names[shop], *(cell(counts, figure) for figure in FIGURES)))


def cell(counts: Counts, figure: Figure) -> str:
    """A count; a share in percent, a time in seconds, with one decimal; empty without calls."""
    value = getattr(counts, figure.name)
    if value is None or figure.kind == "count":
        return "" if value is None else str(value)
    return f"{value * 100 if figure.kind == 'share' else value:.1f}"
